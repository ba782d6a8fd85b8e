using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using LinkFlow.Engine.Text;
using Microsoft.Extensions.Configuration;

namespace LinkFlow.Platform.Settings;

/// <summary>
/// Turns the <c>LinkFlow:</c> section of the configuration into options. Gathers every unknown name and bad
/// value before it complains; never prints a value of a setting that may be secret.
/// </summary>
public static class SettingsReader
{
    public const string Section = "LinkFlow";

    /// <exception cref="SettingsException">A setting is unknown or its value is outside its bounds.</exception>
    public static LinkFlowOptions Read(IConfiguration configuration)
    {
        var problems = new List<string>();
        var options = new LinkFlowOptions();
        var known = Names(typeof(LinkFlowOptions), Section).ToList();
        Fill(configuration.GetSection(Section), options, known, problems);
        if (problems.Count > 0) throw new SettingsException(problems);
        return options;
    }

    /// <summary>The full names of all settings, e.g. <c>LinkFlow:Retention:Days</c>.</summary>
    public static IEnumerable<string> AllNames() => Names(typeof(LinkFlowOptions), Section);

    private static IEnumerable<string> Names(Type type, string prefix) =>
        type.GetProperties().SelectMany(p => IsGroup(p) ? Names(p.PropertyType, $"{prefix}:{p.Name}") : [$"{prefix}:{p.Name}"]);

    private static bool IsGroup(PropertyInfo property) =>
        property.PropertyType.IsClass && property.PropertyType != typeof(string) && property.PropertyType.Namespace == typeof(LinkFlowOptions).Namespace;

    private static void Fill(IConfigurationSection section, object target, List<string> known, List<string> problems)
    {
        var properties = target.GetType().GetProperties().ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var property))
            {
                problems.AddRange(Leaves(child).Select(leaf => Unknown(leaf, known)));
            }
            else if (IsGroup(property))
            {
                if (child.Value is { Length: > 0 }) problems.Add($"'{child.Path}' is a group of settings and takes no value of its own.");
                Fill(child, property.GetValue(target)!, known, problems);
            }
            else
            {
                SetValue(child, target, property, problems);
            }
        }
    }

    private static IEnumerable<string> Leaves(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        return children.Count == 0 ? [section.Path] : children.SelectMany(Leaves);
    }

    private static string Unknown(string path, List<string> known) => $"'{path}' is not a setting.{DidYouMean.Suggestion(path, known)}";

    private static void SetValue(IConfigurationSection section, object target, PropertyInfo property, List<string> problems)
    {
        if (property.PropertyType == typeof(IReadOnlyList<string>))
        {
            var items = section.GetChildren().ToList() is { Count: > 0 } indexed ? indexed.Select(c => c.Value ?? "") : (section.Value ?? "").Split(',');
            var list = items.Select(i => i.Trim()).Where(i => i.Length > 0).ToList();
            foreach (var item in list) Check(section, property, item, problems);
            property.SetValue(target, list);
            return;
        }

        // An empty variable is what scripts set when they mean "not set".
        if (section.Value is not { Length: > 0 } text)
        {
            foreach (var leaf in section.GetChildren()) problems.Add($"'{leaf.Path}' is not a setting: '{section.Path}' takes one value.");
            return;
        }

        if (!TryConvert(text, property.PropertyType, out var value, out var expected)) problems.Add($"'{section.Path}' is '{text}', and {expected} was expected.");
        else if (Check(section, property, value!, problems)) property.SetValue(target, value);
    }

    private static bool Check(IConfigurationSection section, PropertyInfo property, object value, List<string> problems)
    {
        var broken = property.GetCustomAttributes<ValidationAttribute>().Where(a => !a.IsValid(value)).ToList();
        problems.AddRange(broken.Select(a => a switch
        {
            RangeAttribute r => $"'{section.Path}' is {value}; {r.Minimum} to {r.Maximum} is allowed.",
            MinLengthAttribute m => $"'{section.Path}' is too short: at least {m.Length} characters are needed.",
            MaxLengthAttribute m => $"'{section.Path}' is too long: at most {m.Length} characters are allowed.",
            Base64KeyAttribute => $"'{section.Path}' is no key: {a.FormatErrorMessage(property.Name)}.",
            HttpUrlAttribute => $"'{section.Path}' is '{value}', and an absolute http or https URL was expected, e.g. https://flows.example.com.",
            _ => $"'{section.Path}' is '{value}': {a.FormatErrorMessage(property.Name)}.",
        }));
        return broken.Count == 0;
    }

    private static bool TryConvert(string text, Type type, out object? value, out string expected)
    {
        value = text;
        expected = "a text";
        if (type == typeof(string)) return true;
        if (type == typeof(int))
        {
            expected = "a whole number";
            var ok = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            value = number;
            return ok;
        }

        if (type == typeof(long))
        {
            expected = "a whole number";
            var ok = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            value = number;
            return ok;
        }

        if (type == typeof(bool))
        {
            expected = "true or false";
            var ok = bool.TryParse(text, out var flag);
            value = flag;
            return ok;
        }

        expected = string.Join(" or ", Enum.GetNames(type).Select(n => n.ToLowerInvariant()));
        return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(type, text, ignoreCase: true, out value);
    }
}
