using System.Reflection;
using System.Text;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Server;

/// <summary>What the start prints: where it listens, where the owner's key is (never the key), and three lines to paste.</summary>
internal sealed class Welcome(ICollection<string> urls, OwnerKeyFile keyFile, LinkFlowOptions options)
{
    private const string Example = "docs/examples/order-intake.json";

    public string Text()
    {
        var url = (options.PublicUrl ?? urls.FirstOrDefault() ?? SelfHost.DefaultUrl).TrimEnd('/')
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
        var version = typeof(Welcome).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var text = new StringBuilder();
        text.Append("LinkFlow ").Append(version).Append(" listens on ").AppendLine(string.Join(", ", urls));
        if (!keyFile.Exists) return text.Append("The owner's key is the one that LinkFlow:OwnerApiKey gave at the first start.").ToString();

        var key = $"Authorization: Bearer $(cat {Shown(keyFile.Path)})";
        var example = Shown(File.Exists(Example) ? Example : Path.Combine(AppContext.BaseDirectory, Example));
        text.Append("The owner's key is in ").AppendLine(keyFile.Path);
        text.AppendLine("Create a workflow, activate it, and call it:");
        text.AppendLine($"  ID=$(curl -s -X POST {url}/api/v1/workflows -H \"{key}\" -H 'Content-Type: application/json' -d @{example} | grep -o '\"id\":\"[^\"]*\"' | head -1 | cut -d'\"' -f4)");
        text.AppendLine($"  curl -s -X POST {url}/api/v1/workflows/$ID/activate -H \"{key}\"");
        text.Append($"  curl -s -X POST {url}/webhooks/orders -H 'Content-Type: application/json' -d '{{\"customer\":\"Ada\",\"total\":120}}'");
        return text.ToString();
    }

    /// <summary>Absolute, for the shell that it is pasted into may be in another folder; quoted where a shell needs it.</summary>
    private static string Shown(string path)
    {
        var full = Path.GetFullPath(path);
        return full.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '\\' or ':') ? full : $"'{full.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
