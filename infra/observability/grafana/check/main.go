// Command check decodes dashboards by Grafana's own schema, strictly: a field that Grafana does not
// know, or misses, in the dashboard, a panel's options or a Prometheus query, is an error.
//
//	go run . ../dashboards/heliograph.json
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	for _, file := range os.Args[1:] {
		panels, err := check(file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			os.Exit(1)
		}
		fmt.Printf("%s: %d panels by Grafana's schema\n", file, panels)
	}
}

func check(file string) (int, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var strict, decoded dashboard.Dashboard
	if err := problems(strict.UnmarshalJSONStrict(raw)); err != nil {
		return 0, err
	}
	// The strict decoder keeps no panels.
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return 0, err
	}
	for _, panel := range decoded.Panels {
		if err := known(panel); err != nil {
			return 0, err
		}
	}
	return len(decoded.Panels), decoded.Validate()
}

// The decoder takes what it does not know as a panel of somebody's own.
func known(panel dashboard.PanelOrRowPanel) error {
	if panel.Panel == nil {
		return nil // a row
	}
	if _, found := cog.ConfigForPanelcfgVariant(panel.Panel.Type); !found {
		return fmt.Errorf("Grafana has no panel of type %q", panel.Panel.Type)
	}
	return nil
}

// The strict decoder's error is a list, which is empty if there is none.
func problems(err error) error {
	var list cog.BuildErrors
	if errors.As(err, &list) && len(list) == 0 {
		return nil
	}
	return err
}
