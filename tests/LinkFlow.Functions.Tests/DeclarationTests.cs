using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Tests;

/// <summary>What the app needs of the SDK, whether it is declared or real.</summary>
public sealed class DeclarationTests
{
    [Theory]
    [InlineData(AuthorizationLevel.Anonymous, 0)]
    [InlineData(AuthorizationLevel.Admin, 4)]
    public void Authorization_levels_have_the_numbers_that_the_host_reads(AuthorizationLevel level, int number)
        => Assert.Equal(number, (int)level);
}
