// Command yamlcheck reads YAML as Kubernetes does, for comparison.
//
// With arguments it reads these files. Without any it answers requests on standard input until that ends: each is a line with a
// number of bytes, and so many bytes of YAML.
//
// It writes a line for each document, of JSON or of "!" and an error, and an empty line behind the last of a stream.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "yamlcheck:", err)
		os.Exit(1)
	}
}

func run(files []string) error {
	out := bufio.NewWriter(os.Stdout)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := answer(out, text); err != nil {
			return err
		}
	}
	if len(files) > 0 {
		return nil
	}
	in := bufio.NewReader(os.Stdin)
	for {
		text, err := request(in)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := answer(out, text); err != nil {
			return err
		}
	}
}

func request(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return nil, err
	}
	text := make([]byte, size)
	_, err = io.ReadFull(in, text)
	return text, err
}

func answer(out *bufio.Writer, text []byte) error {
	for _, document := range split(text) {
		fmt.Fprintf(out, "%s\n", read(document))
	}
	fmt.Fprintln(out)
	return out.Flush()
}

func read(document []byte) []byte {
	json, err := yaml.YAMLToJSON(document)
	if err != nil {
		return []byte("!" + strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return json
}

var (
	separator = regexp.MustCompile(`(?m)^---(?:\s|\z)`)
	ending    = regexp.MustCompile(`(?m)^\.\.\.(?:[ \t\r].*)?\n`)
	heading   = regexp.MustCompile(`\A(?:%.*\n|\s*\n|\s*#.*\n)*\z`)
)

// split cuts a text before each separator, or before the directives and comments above it that nothing but an end marker or the
// start of the text precedes.
func split(text []byte) [][]byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var documents [][]byte
	start := 0
	for _, found := range separator.FindAllIndex(text, -1) {
		cut := found[0]
		before := text[start:cut]
		if ends := ending.FindAllIndex(before, -1); len(ends) > 0 {
			if end := ends[len(ends)-1][1]; heading.Match(before[end:]) {
				cut = start + end
			}
		} else if start == 0 && heading.Match(before) {
			continue
		}
		documents = append(documents, text[start:cut])
		start = cut
	}
	return append(documents, text[start:])
}
