using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Tests.Flow;

public class WaitTests
{
    private const long Now = 1_700_000_000_000;

    [Theory]
    [InlineData("""{"for":"duration","seconds":1.5}""", Now + 1500)]
    [InlineData("""{"for":"until","at":"2027-01-31T08:00:00Z"}""", 1801382400000)]
    [InlineData("""{"for":"until","at":"2027-01-31T08:00:00+01:00"}""", 1801378800000)]
    [InlineData("""{"for":"until","at":"2027-01-31 08:00"}""", 1801382400000)]
    [InlineData("""{"for":"until","at":1801382400000}""", 1801382400000)]
    public async Task A_time_wait_is_due_at_its_time(string parameters, long dueAt)
    {
        var wait = await WaitAsync(parameters);

        Assert.Equal((dueAt, null), (wait.DueAt, wait.Signal));
    }

    [Theory]
    [InlineData("""{"for":"signal","name":"paid"}""", "paid")]
    [InlineData("""{"for":"signal","name":"{{ 'paid-' + $json.id }}"}""", "paid-7")]
    [InlineData("""{"for":"webhook"}""", "~webhook:it:3")]
    [InlineData("""{"for":"approval","approvers":["ann"]}""", "~approval:it:3")]
    public async Task The_others_wait_for_a_signal(string parameters, string signal)
    {
        var wait = await WaitAsync(parameters);

        Assert.Equal((null, signal, null, "error"), (wait.DueAt, wait.Signal, wait.TimeoutAt, wait.OnTimeout));
    }

    [Fact]
    public async Task A_wait_can_have_a_time_limit()
    {
        var wait = await WaitAsync("""{"for":"approval","approvers":["ann","bob"],"timeoutSeconds":60,"onTimeout":"timeoutOutput"}""");

        Assert.Equal((Now + 60_000, "timeoutOutput"), (wait.TimeoutAt, wait.OnTimeout));
        Assert.Equal(["ann", "bob"], wait.Approvers);
    }

    [Theory]
    [InlineData("""{"for":"signal","name":"~approval:it:0"}""")]
    [InlineData("""{"for":"signal","name":"{{ '' }}"}""")]
    [InlineData("""{"for":"signal"}""")]
    [InlineData("""{"for":"duration","seconds":-1}""")]
    [InlineData("""{"for":"duration","seconds":"5"}""")]
    [InlineData("""{"for":"until","at":"soon"}""")]
    [InlineData("""{"for":"until","at":1e300}""")]
    [InlineData("""{"for":"until"}""")]
    [InlineData("""{"for":"ever"}""")]
    [InlineData("""{"for":"webhook","onTimeout":"explode"}""")]
    [InlineData("""{"for":"approval","approvers":[1]}""")]
    public async Task Bad_parameters_fail_the_item(string parameters) =>
        Assert.Equal("PARAMETER_INVALID", (await NodeTest.RunAsync("wait", parameters)).Code);

    private static async Task<WaitDirective> WaitAsync(string parameters) =>
        Assert.IsType<WaitStarted>((await new NodeTest { Type = "wait", Parameters = parameters, Inputs = ["""[{"id":7}]"""], Now = Now, Run = 3 }.RunAsync()).Event).Wait;
}
