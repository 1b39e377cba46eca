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

// split cuts a text before each separator, or before the directives and comments above it that only an end marker or the start of
// the text precedes.
func split(text []byte) [][]byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var documents [][]byte
	start, offset := 0, 0
	heading := 0 // where such directives and comments began, -1 outside of them
	for line := range bytes.SplitAfterSeq(text, []byte("\n")) {
		end := offset + len(line)
		switch {
		case isMarker(line, "---"):
			next := offset
			if heading >= 0 {
				next = heading
			}
			if next > 0 {
				documents = append(documents, text[start:next])
			}
			start, heading = next, -1
		case isMarker(line, "..."):
			heading = end
		case !isHeading(line):
			heading = -1
		}
		offset = end
	}
	return append(documents, text[start:])
}

func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

func isHeading(line []byte) bool {
	rest := bytes.TrimSpace(line)
	return len(rest) == 0 || rest[0] == '#' || line[0] == '%'
}
