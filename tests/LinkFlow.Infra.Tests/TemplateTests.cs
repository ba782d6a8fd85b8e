using System.Text.RegularExpressions;

namespace LinkFlow.Infra.Tests;

public sealed partial class TemplateTests
{
    /// <summary>Types and versions that Azure's own definitions and modules have; what is not here has not been looked up.</summary>
    private static readonly HashSet<string> Known =
    [
        "Microsoft.Authorization/roleAssignments@2022-04-01",
        "Microsoft.Consumption/budgets@2023-11-01",
        "Microsoft.DocumentDB/databaseAccounts@2025-04-15",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15",
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15",
        "Microsoft.DurableTask/schedulers@2026-02-01",
        "Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01",
        "Microsoft.DurableTask/schedulers/taskHubs@2026-02-01",
        "Microsoft.Insights/actionGroups@2024-10-01-preview",
        "Microsoft.Insights/components@2020-02-02",
        "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
        "Microsoft.Insights/metricAlerts@2018-03-01",
        "Microsoft.Insights/scheduledQueryRules@2025-01-01-preview",
        "Microsoft.Insights/workbooks@2023-06-01",
        "Microsoft.KeyVault/vaults@2024-11-01",
        "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30",
        "Microsoft.Network/privateDnsZones@2024-06-01",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01",
        "Microsoft.Network/privateEndpoints@2025-05-01",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01",
        "Microsoft.Network/virtualNetworks@2025-05-01",
        "Microsoft.OperationalInsights/workspaces@2025-07-01",
        "Microsoft.Resources/resourceGroups@2024-03-01",
        "Microsoft.ServiceBus/namespaces@2024-01-01",
        "Microsoft.ServiceBus/namespaces/queues@2024-01-01",
        "Microsoft.ServiceBus/namespaces/topics@2024-01-01",
        "Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01",
        "Microsoft.SignalRService/webPubSub@2024-03-01",
        "Microsoft.Storage/storageAccounts@2025-06-01",
        "Microsoft.Storage/storageAccounts/blobServices@2025-06-01",
        "Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01",
        "Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01",
        "Microsoft.Web/serverfarms@2025-03-01",
        "Microsoft.Web/sites@2025-03-01",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01",
        "Microsoft.Web/sites/config@2025-03-01",
    ];

    /// <summary>Azure's built-in roles by id, and the name that the templates give them.</summary>
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "storageBlobDataOwner",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "durableTaskDataContributor",
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "serviceBusDataSender",
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "serviceBusDataReceiver",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "keyVaultSecretsOfficer",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "monitoringMetricsPublisher",
        ["12cf5a90-567b-43ae-8102-96cf46c7d9b4"] = "webPubSubServiceOwner",
        ["00000000-0000-0000-0000-000000000002"] = "cosmosDataContributor",
    };

    public static TheoryData<string> Files => [.. BicepFile.All.Select(f => f.Name)];

    [Fact]
    public void Every_file_is_Bicep() =>
        Assert.Empty(NodeScript.BicepSyntax.Findings(
            Directory.GetFiles(BicepFile.Folder, "*.bicep", SearchOption.AllDirectories)
                .Concat(Directory.GetFiles(BicepFile.Folder, "*.bicepparam", SearchOption.AllDirectories))));

    [Fact]
    public void A_syntax_error_would_be_found()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "param name string\nresource x 'A/b@2020-01-01' = {\n  name: [\n}\n");

        var errors = NodeScript.BicepSyntax.Findings([file]);

        File.Delete(file);
        Assert.NotEmpty(errors);
    }

    [Theory, MemberData(nameof(Files))]
    public void Resource_types_and_versions_are_ones_that_were_looked_up(string file) => Assert.Empty(Find(file).Resources.Except(Known));

    [Fact]
    public void Every_version_that_was_looked_up_is_in_use() => Assert.Empty(Known.Except(BicepFile.All.SelectMany(f => f.Resources)));

    [Fact]
    public void Roles_are_named_once_and_by_what_their_ids_mean()
    {
        var found = BicepFile.All.SelectMany(f => RoleLine().Matches(f.Text).Select(m => (f.Name, Id: m.Groups["id"].Value, Role: m.Groups["role"].Value))).ToList();

        Assert.All(found, r => Assert.Equal(("modules/roles.bicep", Roles[r.Id]), (r.Name, r.Role)));
        Assert.Equal(Roles.Keys.Order(), found.Select(r => r.Id).Order());
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_parameter_says_what_it_is(string file) =>
        Assert.All(Find(file).Parameters, p => Assert.True(p.Decorators.Contains("@description('", StringComparison.Ordinal), $"{file}: {p.Name}"));

    [Theory, MemberData(nameof(Files))]
    public void Every_parameter_is_used(string file)
    {
        var bicep = Find(file);
        Assert.All(bicep.Parameters, p => Assert.True(Regex.Count(bicep.Text, $@"\b{p.Name}\b") > 1, $"{file}: {p.Name}"));
    }

    [Fact]
    public void Modules_are_given_what_they_ask_for_and_nothing_else()
    {
        foreach (var module in BicepFile.Main.Modules)
        {
            var asked = BicepFile.Of(module).Parameters;
            Assert.Equal([], module.Given.Except(asked.Select(p => p.Name)));
            Assert.Equal([], asked.Where(p => !p.HasDefault).Select(p => p.Name).Except(module.Given));
        }

        Assert.Equal(BicepFile.All.Count - 1, BicepFile.Main.Modules.Select(m => m.File).Distinct().Count());
    }

    [Fact]
    public void Outputs_that_are_read_exist()
    {
        var modules = BicepFile.Main.Modules.ToDictionary(m => m.Name);
        var read = OutputRead().Matches(BicepFile.Main.Text);

        Assert.NotEmpty(read);
        Assert.All(read, m => Assert.Contains(m.Groups["output"].Value, BicepFile.Of(modules[m.Groups["module"].Value]).Outputs));
    }

    [Fact]
    public void No_output_is_a_key()
    {
        Assert.All(BicepFile.All, f => Assert.DoesNotMatch(@"(?i)listKeys|listConnectionStrings|output \w*(key(?!Vault|_VAULT)|secret|password|connectionString)\w* ", f.Text));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void A_parameter_file_names_only_what_the_template_has(string environment)
    {
        var given = GivenParameter().Matches(File.ReadAllText(Path.Combine(BicepFile.Folder, "environments", environment + ".bicepparam"))).Select(m => m.Groups["name"].Value).ToList();

        Assert.Empty(given.Except(BicepFile.Main.Parameters.Select(p => p.Name)));
        Assert.Empty(BicepFile.Main.Parameters.Where(p => !p.HasDefault).Select(p => p.Name).Except(given));
    }

    [Fact]
    public void Azds_parameter_file_names_only_what_the_template_has()
    {
        using var file = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(BicepFile.Folder, "main.parameters.json")));
        var given = file.RootElement.GetProperty("parameters").EnumerateObject().Select(p => p.Name).ToList();

        Assert.Empty(given.Except(BicepFile.Main.Parameters.Select(p => p.Name)));
        Assert.Empty(BicepFile.Main.Parameters.Where(p => !p.HasDefault).Select(p => p.Name).Except(given));
    }

    private static BicepFile Find(string name) => BicepFile.All.Single(f => f.Name == name);

    [GeneratedRegex(@"\b(?<role>\w+)(:| =) '(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'")]
    private static partial Regex RoleLine();

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)")]
    private static partial Regex OutputRead();

    [GeneratedRegex(@"^param (?<name>\w+) =", RegexOptions.Multiline)]
    private static partial Regex GivenParameter();
}
