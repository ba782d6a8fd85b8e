using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Http;

/// <summary>The address that handed-out URLs begin with: LinkFlow:PublicUrl, else the first address listened on. Never the Host header.</summary>
public sealed class PublicAddress(LinkFlowOptions options, IServiceProvider services)
{
    private const string Fallback = "http://localhost:5080";

    private string? _listening;

    /// <summary>Without a slash at its end.</summary>
    public string Url => options.PublicUrl?.TrimEnd('/') ?? (_listening ??= Listening()) ?? Fallback;

    private string? Listening() => services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?
        .TrimEnd('/').Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal)
        .Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal);
}
