// Renders templates as Ollama does, with Go's own text/template. Cases stand as a JSON array in a file; their texts go as one to standard output.
//
// What Ollama gives to a template: docs/template.md, section "Variables". Its order of things is that of its package template: messages of one role that follow
// each other are one, with an empty line between; system messages are among the messages, and joined in .System; a template that does not name
// .Messages gets .System, .Prompt and .Response for each exchange, and ends where .Response stands.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type message struct {
	Role    string
	Content string
}

type prompt struct {
	Template string
	// What the Modelfile's SYSTEM says: told when a conversation does not begin with a system message (docs/modelfile.md, section "SYSTEM").
	System   string
	Messages []message
}

func render(p prompt) (string, error) {
	parsed, err := template.New("").Option("missingkey=zero").Funcs(template.FuncMap{"json": toJson}).Parse(p.Template)
	if err != nil {
		return "", err
	}

	messages := p.Messages
	if p.System != "" && (len(messages) == 0 || messages[0].Role != "system") {
		messages = append([]message{{"system", p.System}}, messages...)
	}

	var joined []*message
	var system []string
	for i := range messages {
		if messages[i].Role == "system" {
			system = append(system, messages[i].Content)
		}
		if last := len(joined) - 1; last >= 0 && joined[last].Role == messages[i].Role {
			joined[last].Content += "\n\n" + messages[i].Content
		} else {
			joined = append(joined, &messages[i])
		}
	}

	var text strings.Builder
	if strings.Contains(p.Template, ".Messages") {
		err = parsed.Execute(&text, map[string]any{"System": strings.Join(system, "\n\n"), "Messages": joined, "Response": ""})
		return text.String(), err
	}

	if len(joined) != 1 || joined[0].Role != "user" {
		return "", fmt.Errorf("a template without .Messages is tried with one question only")
	}

	err = parsed.Execute(&text, map[string]any{"System": "", "Prompt": joined[0].Content, "Response": ""})
	return text.String(), err
}

func toJson(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}

	var prompts []prompt
	if err := json.NewDecoder(file).Decode(&prompts); err != nil {
		panic(err)
	}

	texts := make([]string, len(prompts))
	for i, p := range prompts {
		text, err := render(p)
		if err != nil {
			panic(err)
		}
		texts[i] = text
	}

	if err := json.NewEncoder(os.Stdout).Encode(texts); err != nil {
		panic(err)
	}
}
