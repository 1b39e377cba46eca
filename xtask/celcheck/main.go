// Command celcheck asks a ValidatingAdmissionPolicy what it says of an object, with the compiler and evaluator of the API server.
//
//	celcheck POLICY OBJECTS
//
// POLICY holds the policy, and its binding; OBJECTS holds Ingresses and Services. For each Ingress and each Service of its
// namespace it writes a line: `admit`, or `deny: ` and the message. It fails where an expression does not compile.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	kyaml "sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "celcheck:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("wants a file with a policy and one with objects")
	}
	var policy admissionv1.ValidatingAdmissionPolicy
	var binding admissionv1.ValidatingAdmissionPolicyBinding
	if err := read(args[0], map[string]func([]byte) error{
		"ValidatingAdmissionPolicy":        func(text []byte) error { return kyaml.UnmarshalStrict(text, &policy) },
		"ValidatingAdmissionPolicyBinding": func(text []byte) error { return kyaml.UnmarshalStrict(text, &binding) },
	}); err != nil {
		return err
	}
	if binding.Spec.PolicyName != policy.Name || policy.Name == "" {
		return fmt.Errorf("binding is of %q, policy is %q", binding.Spec.PolicyName, policy.Name)
	}
	var ingresses []*networkingv1.Ingress
	var services []*corev1.Service
	if err := read(args[1], map[string]func([]byte) error{
		"Ingress": func(text []byte) error {
			ingresses = append(ingresses, &networkingv1.Ingress{})
			return kyaml.Unmarshal(text, ingresses[len(ingresses)-1])
		},
		"Service": func(text []byte) error {
			services = append(services, &corev1.Service{})
			return kyaml.Unmarshal(text, services[len(services)-1])
		},
	}); err != nil {
		return err
	}
	validator, err := compile(&policy)
	if err != nil {
		return err
	}
	for _, ingress := range ingresses {
		for _, service := range services {
			if ingress.Namespace == service.Namespace {
				ask(validator, ingress, service)
			}
		}
	}
	return nil
}

// read hands each document of a file to the reader of its kind.
func read(file string, readers map[string]func([]byte) error) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var kind struct {
			Kind string `json:"kind"`
		}
		if err := kyaml.Unmarshal(document, &kind); err != nil {
			return err
		}
		if reader := readers[kind.Kind]; reader != nil {
			if err := reader(document); err != nil {
				return err
			}
		}
	}
}

// compile compiles as the API server does; see compilePolicy in its package validating.
func compile(policy *admissionv1.ValidatingAdmissionPolicy) (validating.Validator, error) {
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		return nil, err
	}
	options := cel.OptionalVariableDeclarations{HasParams: policy.Spec.ParamKind != nil, HasAuthorizer: true}
	messageOptions := cel.OptionalVariableDeclarations{HasParams: policy.Spec.ParamKind != nil}
	for _, it := range policy.Spec.Variables {
		variable := validating.Variable{Name: it.Name, Expression: it.Expression}
		result := compiler.CompileAndStoreVariable(&variable, options, environment.NewExpressions)
		if result.Error != nil {
			return nil, fmt.Errorf("variable %s: %w", it.Name, result.Error)
		}
	}
	var conditions, messages []cel.ExpressionAccessor
	for _, it := range policy.Spec.Validations {
		condition := &validating.ValidationCondition{Expression: it.Expression, Message: it.Message, Reason: it.Reason}
		message := &validating.MessageExpressionCondition{MessageExpression: it.MessageExpression}
		for expression, options := range map[cel.ExpressionAccessor]cel.OptionalVariableDeclarations{condition: options, message: messageOptions} {
			result := compiler.CompileCELExpression(expression, options, environment.NewExpressions)
			if result.Error != nil {
				return nil, fmt.Errorf("%s: %w", expression.GetExpression(), result.Error)
			}
		}
		conditions, messages = append(conditions, condition), append(messages, message)
	}
	return validating.NewValidator(
		compiler.CompileCondition(conditions, options, environment.NewExpressions),
		nil,
		compiler.CompileCondition(nil, options, environment.NewExpressions),
		compiler.CompileCondition(messages, messageOptions, environment.NewExpressions),
		policy.Spec.FailurePolicy,
		nil,
	), nil
}

func ask(validator validating.Validator, ingress *networkingv1.Ingress, service *corev1.Service) {
	kind := schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}
	resource := schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}
	attributes := admission.NewAttributesRecord(ingress, nil, kind, ingress.Namespace, ingress.Name, resource, "", admission.Create, nil, false, nil)
	versioned := admission.VersionedAttributes{Attributes: attributes, VersionedObject: admission.NewLazyObject(ingress), VersionedKind: kind}
	result := validator.Validate(context.Background(), resource, &versioned, service, nil, celconfig.RuntimeCELCostBudget, nil)
	said := "admit"
	for _, decision := range result.Decisions {
		if decision.Action != validating.ActionAdmit {
			said = fmt.Sprintf("%s: %s", decision.Action, decision.Message)
			break
		}
	}
	fmt.Printf("%s %s: %s\n", ingress.Name, service.Name, said)
}
