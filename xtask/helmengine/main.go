// Helmengine is Helm's own engine in process, to compare with and to race.
//
//	helmengine table          reads {"template", "values", "files"} a line from standard input, and writes {"v3", "v4"}
//	helmengine bench CHART N  renders a chart N times; prints the seconds that one rendering takes
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	chart3 "helm.sh/helm/v3/pkg/chart"
	chartutil3 "helm.sh/helm/v3/pkg/chartutil"
	engine3 "helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
)

type row struct {
	Template string            `json:"template"`
	Values   map[string]any    `json:"values"`
	Files    map[string]string `json:"files"`
}

type result struct {
	Text  string `json:"text"`
	Error string `json:"error"`
}

const name = "web/templates/t.yaml"

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "table":
		err = table()
	case len(os.Args) == 4 && os.Args[1] == "bench":
		err = bench(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: helmengine table | bench CHART N")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func table() error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var r row
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			return err
		}
		line, err := json.Marshal(map[string]result{"v3": r.v3(), "v4": r.v4()})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", line)
	}
	return in.Err()
}

func made(files map[string]string, err error) result {
	if err != nil {
		return result{Error: err.Error()}
	}
	return result{Text: files[name]}
}

func (r row) v3() result {
	c := &chart3.Chart{
		Metadata:  &chart3.Metadata{APIVersion: "v2", Name: "web", Version: "1.2.3", AppVersion: "4.5.6"},
		Templates: []*chart3.File{{Name: "templates/t.yaml", Data: []byte(r.Template)}},
		Values:    map[string]interface{}{},
	}
	for path, text := range r.Files {
		c.Files = append(c.Files, &chart3.File{Name: path, Data: []byte(text)})
	}
	options := chartutil3.ReleaseOptions{Name: "rel", Namespace: "space", Revision: 1, IsInstall: true}
	values, err := chartutil3.ToRenderValues(c, clone(r.Values), options, chartutil3.DefaultCapabilities.Copy())
	if err != nil {
		return result{Error: err.Error()}
	}
	return made(engine3.Render(c, values))
}

func (r row) v4() result {
	c := &v2.Chart{
		Metadata:  &v2.Metadata{APIVersion: "v2", Name: "web", Version: "1.2.3", AppVersion: "4.5.6"},
		Templates: []*common.File{{Name: "templates/t.yaml", Data: []byte(r.Template)}},
		Values:    map[string]any{},
	}
	for path, text := range r.Files {
		c.Files = append(c.Files, &common.File{Name: path, Data: []byte(text)})
	}
	values, err := renderValues(c, clone(r.Values))
	if err != nil {
		return result{Error: err.Error()}
	}
	return made(engine.Render(c, values))
}

func renderValues(c *v2.Chart, user map[string]any) (common.Values, error) {
	options := common.ReleaseOptions{Name: "rel", Namespace: "space", Revision: 1, IsInstall: true}
	return commonutil.ToRenderValues(c, user, options, common.DefaultCapabilities.Copy())
}

func clone(values map[string]any) map[string]any {
	text, _ := json.Marshal(values)
	copied := map[string]any{}
	_ = json.Unmarshal(text, &copied)
	return copied
}

func bench(path, times string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	c, err := loader.Load(path)
	if err != nil {
		return err
	}
	if err := chartutil.ProcessDependencies(c, map[string]any{}); err != nil {
		return err
	}
	start := time.Now()
	for range n {
		values, err := renderValues(c, map[string]any{})
		if err != nil {
			return err
		}
		if _, err := engine.Render(c, values); err != nil {
			return err
		}
	}
	fmt.Println(time.Since(start).Seconds() / float64(n))
	return nil
}
