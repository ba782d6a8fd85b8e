#:property PublishAot=false
// Adds up what tests/run left: line coverage over all test projects (a line counts once, however many
// projects ran it) and the number of tests. Fails below the floors that the project promises.
using System.Globalization;
using System.Xml.Linq;

var folder = args[0];
var isPartial = args.Contains("--partial");
(string Project, double Floor)[] floors = [("LinkFlow.Engine", 95), ("LinkFlow.Functions", 85), ("all", 85)];

var hits = new Dictionary<(string Project, string File, int Line), bool>();
foreach (var report in Directory.EnumerateFiles(folder, "coverage.cobertura.xml", SearchOption.AllDirectories))
{
    foreach (var package in XDocument.Load(report).Descendants("package"))
    foreach (var type in package.Descendants("class"))
    {
        var file = (string)type.Attribute("filename")!;
        if (file.EndsWith(".g.cs", StringComparison.Ordinal) || file.Contains("/obj/", StringComparison.Ordinal)) continue;
        foreach (var line in type.Descendants("line"))
        {
            var key = ((string)package.Attribute("name")!, Path.GetFileName(Path.GetDirectoryName(file)) + "/" + Path.GetFileName(file), (int)line.Attribute("number")!);
            hits[key] = hits.GetValueOrDefault(key) || (int)line.Attribute("hits")! > 0;
        }
    }
}

static double Percent(ICollection<bool> lines) => lines.Count == 0 ? 0 : 100.0 * lines.Count(hit => hit) / lines.Count;

var coverage = hits.GroupBy(h => h.Key.Project).ToDictionary(g => g.Key, g => Percent([.. g.Select(h => h.Value)]));
coverage["all"] = Percent(hits.Values);
Console.WriteLine("Line coverage");
foreach (var (project, percent) in coverage.OrderBy(c => c.Key, StringComparer.Ordinal))
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {project,-20} {percent,6:0.0} %"));

if (Environment.GetEnvironmentVariable("COVERAGE_FILES") is not null)
{
    foreach (var file in hits.GroupBy(h => (h.Key.Project, h.Key.File)).OrderByDescending(g => g.Count(h => !h.Value)).Take(60))
        Console.WriteLine($"  {file.Count(h => !h.Value),5} lines not run of {file.Count(),5}  {file.Key.Project} {file.Key.File}");
}

var ok = true;
foreach (var (project, floor) in floors)
{
    if (isPartial || coverage.GetValueOrDefault(project) >= floor) continue;
    Console.WriteLine($"Line coverage of {project} is below {floor} %.");
    ok = false;
}

int passed = 0, failed = 0, skipped = 0;
foreach (var trx in Directory.EnumerateFiles(folder, "*.trx", SearchOption.AllDirectories))
{
    var counters = XDocument.Load(trx).Descendants().First(e => e.Name.LocalName == "Counters");
    passed += (int)counters.Attribute("passed")!;
    failed += (int)counters.Attribute("failed")! + (int)counters.Attribute("error")! + (int)counters.Attribute("timeout")!;
    skipped += (int)counters.Attribute("total")! - (int)counters.Attribute("executed")!;
}

Console.WriteLine(skipped == 0 ? $"{passed} passed, {failed} failed" : $"{passed} passed, {failed} failed, {skipped} skipped");
return ok && failed == 0 && passed > 0 ? 0 : 1;
