using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

public sealed class ParameterTreeTests
{
    private static readonly ExpressionScope Scope = Language.Scope("""{"a":1,"customer":{"id":7}}""");

    [Fact]
    public void Expressions_are_evaluated_wherever_they_stand() =>
        Assert.Equal("""{"url":"/x/7","list":[1,"{{x}}",{"n":2}],"plain":true}""", Compile("""{"url":"/x/{{ $json.customer.id }}","list":["{{ $json.a }}","\\{{x}}",{"n":"{{ 1 + 1 }}"}],"plain":true}""").Evaluate(Scope).ToString());

    [Fact]
    public void What_holds_no_expression_is_constant()
    {
        var tree = Compile("""{"a":{"b":[1,"x"]},"c":"{{ 1 }}"}""");

        Assert.False(tree.IsConstant);
        Assert.True(tree["a"]!.IsConstant);
        Assert.Same(tree["a"]!.Written.AsObject, tree["a"]!.Evaluate(Scope).AsObject);
        Assert.Equal(["/c"], tree.Templates().Select(t => t.Pointer));
        Assert.Equal("x", tree["a"]!["b"]!.Elements[1].Evaluate(Scope).AsString);
        Assert.Null(tree["gone"]);
        Assert.Null(tree["c"]!["gone"]);
        Assert.Empty(tree["a"]!.Templates());
        Assert.Empty(tree["c"]!.Elements);
        Assert.Empty(tree["c"]!.Properties);
    }

    [Theory]
    [InlineData("""{"url":"{{ $json.customer.nme }}"}""", "The value is undefined in url at 18: $json.customer.nme")]
    [InlineData("""{"url":"{{ $json.custmer }}"}""", "The value is undefined. Did you mean 'customer'? in url at 9: $json.custmer")]
    [InlineData("""{"a":{"b":["x","id {{ $json.gone }}"]}}""", "The value is undefined in a.b.1 at 12: $json.gone")]
    [InlineData("""{"f":"{{ 'a'.trim }}"}""", "The value is a function. Did you forget to call it with '()'? in f at 7: 'a'.trim")]
    [InlineData("""{"f":"x{{ 'a'.trim }}"}""", "The value is a function. Did you forget to call it with '()'? in f at 8: 'a'.trim")]
    [InlineData("""{"a/b~c":"{{ undefined }}"}""", "The value is undefined in a/b~c at 3: undefined")]
    public void A_parameter_that_comes_out_undefined_is_an_error(string parameters, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => Compile(parameters).Evaluate(Scope));

        Assert.Equal(ExpressionErrorCodes.Undefined, error.Code);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Where_it_is_allowed_a_parameter_may_be_undefined()
    {
        var tree = Compile("""{"left":"{{ $json.gone }}","text":"a{{ $json.gone }}b"}""");

        Assert.True(tree["left"]!.Evaluate(Scope, allowUndefined: true).IsUndefined);
        Assert.Equal("ab", tree["text"]!.Evaluate(Scope, allowUndefined: true).AsString);
        Assert.True(tree["left"]!.Evaluate(Scope with { LenientPaths = true }).IsUndefined);
        Assert.Equal("ab", tree["text"]!.Evaluate(Scope with { LenientPaths = true }).AsString);
    }

    [Fact]
    public void An_error_names_the_node_where_the_scope_does()
    {
        var error = Assert.Throws<ExpressionException>(() => Compile("""{"url":"{{ $json.gone.name }}"}""").Evaluate(Scope with { NodeId = "fetch" }));

        Assert.Equal("Cannot read 'name' of undefined in 'fetch' → url at 9: $json.gone.name", error.Message);
        Assert.Equal(("Cannot read 'name' of undefined.", "/url", 9), (error.Reason, error.Pointer, error.Position));
    }

    [Fact]
    public void An_error_of_the_language_names_the_parameter()
    {
        var error = Assert.Throws<ExpressionException>(() => Compile("""{"a":[{"b":"{{ 1 + }}"}]}"""));

        Assert.Equal("/a/0/b", error.Pointer);
        Assert.Equal(ExpressionErrorCodes.Syntax, error.Code);
    }

    private static ParameterTree Compile(string json) => ParameterTree.Compile(JsonText.Parse(json).AsObject!);
}
