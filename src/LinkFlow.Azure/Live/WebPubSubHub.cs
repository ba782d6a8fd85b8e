using global::Azure;
using global::Azure.Core;
using global::Azure.Core.Pipeline;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Live;

/// <summary>One hub of an Azure Web PubSub service, by the REST calls of its data plane (version 2024-01-01) and with an identity.</summary>
internal sealed class WebPubSubHub
{
    public const string Hub = "linkflow";
    private const string ApiVersion = "2024-01-01";
    private const string Scope = "https://webpubsub.azure.com/.default";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Uri _endpoint;
    private readonly HttpPipeline _pipeline;

    /// <param name="endpoint">https, as the service shows it.</param>
    public WebPubSubHub(Uri endpoint, TokenCredential credential, ClientOptions options)
    {
        _endpoint = endpoint;
        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, Scope));
    }

    /// <summary>Where clients connect.</summary>
    public string ClientUrl => $"wss://{_endpoint.Authority}/client/hubs/{Hub}";

    /// <summary>A token for one client, who is in these groups from its first moment and may do nothing but listen.</summary>
    /// <exception cref="StoreUnavailableException">The service cannot be reached, or refuses for now.</exception>
    public async Task<string> TokenAsync(string user, IEnumerable<string> groups, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        var uri = Address($"/api/hubs/{Hub}/:generateToken");
        uri.AppendQuery("userId", user);
        uri.AppendQuery("minutesToExpire", ((int)Math.Ceiling(lifetime.TotalMinutes)).ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var group in groups) uri.AppendQuery("group", group);
        message.Request.Uri = uri;
        await SendAsync(message, cancellationToken);
        return JsonText.Parse(message.Response.Content.ToMemory().Span)["token"].AsString
            ?? throw new StoreUnavailableException("Web PubSub answered without a token.", RetryAfter);
    }

    /// <summary>Sends a JSON message to all who are in a group now.</summary>
    /// <exception cref="StoreUnavailableException">The service cannot be reached, or refuses for now.</exception>
    public async Task SendAsync(string group, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri = Address($"/api/hubs/{Hub}/groups/{Uri.EscapeDataString(group)}/:send");
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Content = RequestContent.Create(json);
        await SendAsync(message, cancellationToken);
    }

    private RequestUriBuilder Address(string path)
    {
        var uri = new RequestUriBuilder();
        uri.Reset(new Uri(_endpoint, path));
        uri.AppendQuery("api-version", ApiVersion);
        return uri;
    }

    private async Task SendAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or global::Azure.Identity.AuthenticationFailedException)
        {
            throw new StoreUnavailableException("Web PubSub cannot be reached.", RetryAfter, e);
        }

        if (message.Response.IsError)
            throw new StoreUnavailableException($"Web PubSub answered {message.Response.Status}.", RetryAfter);
    }
}
