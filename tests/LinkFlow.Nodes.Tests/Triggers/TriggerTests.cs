namespace LinkFlow.Nodes.Tests.Triggers;

public class TriggerTests
{
    [Theory]
    [InlineData("start", "{}")]
    [InlineData("subworkflow", "{}")]
    [InlineData("error", "{}")]
    [InlineData("webhook", """{"path":"orders"}""")]
    [InlineData("event", """{"type":"com.example.*"}""")]
    public async Task A_trigger_hands_on_what_it_was_given(string type, string parameters)
    {
        var ran = await NodeTest.RunAsync(type, parameters, """[{"a":1},{"b":2}]""");

        Assert.Equal("""[{"a":1},{"b":2}]""", ran.Json());
        Assert.Equal(" ", ran.Pairs());
    }
}
