using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>What the worker's build and start would find wrong with the app's functions.</summary>
public sealed class FunctionCatalogueTests
{
    [Fact]
    public void All_functions_are_ones_that_the_worker_takes()
        => Assert.NotEmpty(FunctionCatalogue.OfTheApp.All);

    [Fact]
    public async Task Every_function_has_a_class_that_the_app_can_make()
    {
        await using var server = new LinkFlow.Scenarios.Contract.TestServer();
        await using var scope = server.Services.CreateAsyncScope();

        Assert.All(FunctionCatalogue.OfTheApp.All, f => Assert.NotNull(f.Make(scope.ServiceProvider)));
    }

    [Fact]
    public void Timers_have_six_fields_and_times_of_their_own()
    {
        var schedules = FunctionCatalogue.OfTheApp.With<TimerTriggerAttribute>().Select(f => f.Trigger.Schedule).ToList();

        Assert.All(schedules, s => Assert.Equal(6, s.Split(' ').Length));
        Assert.Equal(schedules.Count, schedules.Distinct().Count());
    }

    [Fact]
    public void Functions_that_settle_their_messages_say_so_and_take_one_at_a_time()
        => Assert.All(FunctionCatalogue.OfTheApp.With<ServiceBusTriggerAttribute>(), f => Assert.Equal((false, false), (f.Trigger.AutoCompleteMessages, f.Trigger.IsBatched)));
}
