using System.Net;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Webhooks.Authentication;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks.Recent;

/// <summary>
/// What is noted of a call while it is answered: references to what there is anyway, never the body. Written by the call alone, and read by others
/// only once it is in its <see cref="CallRing"/>.
/// </summary>
internal sealed class RecentCall(DateTimeOffset at, long began, string method, IPAddress? caller)
{
    /// <summary>Characters of headers that one call may keep in memory.</summary>
    private const int MaxHeaderCharacters = 4096;
    private const int MaxHeaders = 64;

    private const string ApiKey = "X-API-Key";
    private const string ProxyAuthorization = "Proxy-Authorization";

    /// <summary>Its place among the workflow's calls, from 1.</summary>
    public long Number { get; set; }
    public DateTimeOffset At { get; } = at;

    /// <summary>A timestamp of the clock.</summary>
    public long Began { get; } = began;
    public string Method { get; } = method;
    public IPAddress? Caller { get; } = caller;
    public WebhookRegistration? Registration { get; private set; }
    public string Tenant { get; private set; } = "";
    public string Path { get; private set; } = "";
    public bool IsTest { get; private set; }
    public long Bytes { get; private set; }

    /// <summary>Without what proved the caller, and with the credential's secrets masked; null: the call was refused before it became an item.</summary>
    public ObjectValue? Headers { get; private set; }

    /// <summary>Headers that proved the caller.</summary>
    public IReadOnlyList<string> Proof { get; private set; } = [];
    public bool HadCookie { get; private set; }
    public bool HadAuthorization { get; private set; }
    public bool HadProxyAuthorization { get; private set; }
    public bool HadApiKey { get; private set; }
    public string? ExecutionId { get; private set; }

    /// <summary>What the execution was started by is an earlier call.</summary>
    public bool IsRepeat { get; private set; }

    /// <summary>0 while it is answered.</summary>
    public int Status { get; set; }
    public TimeSpan Duration { get; set; }

    /// <summary>Notes the webhook that was found for it.</summary>
    public void Found(string tenant, WebhookRoute route, string path) =>
        (Tenant, Registration, IsTest, Path) = (tenant, route.Registration, route.Listener is not null, path);

    /// <summary>Notes how much of a body came.</summary>
    public void Read(long bytes) => Bytes = bytes;

    /// <summary>Notes a call that was let in, by the item that it became.</summary>
    public void Admitted(HttpRequest request, Item item, Admission admission)
    {
        // The path as the workflow sees it: a secret in it is masked.
        Path = item.Json["path"].AsString ?? Path;
        Headers = Bounded(item.Json["headers"].AsObject!);
        Proof = admission.Headers;
        NoteWithheld(request.Headers);
    }

    public void Started(string executionId, bool isRepeat) => (ExecutionId, IsRepeat) = (executionId, isRepeat);

    /// <summary>Notes the headers of a call that was not let in: what it may have tried to prove itself with is not kept, under whatever name.</summary>
    public void Refused(HttpRequest request)
    {
        var shown = new ObjectValue();
        foreach (var (name, values) in request.Headers)
        {
            if (shown.Count == MaxHeaders) break;
            shown.Set(name.ToLowerInvariant(), ShownHeaders.IsHarmless(name) ? values.ToString() : ShownHeaders.Redacted);
        }

        Headers = Bounded(shown);
    }

    private void NoteWithheld(IHeaderDictionary headers)
    {
        HadCookie = headers.Cookie.Count > 0;
        HadAuthorization = headers.Authorization.Count > 0;
        HadProxyAuthorization = headers.ContainsKey(ProxyAuthorization);
        HadApiKey = headers.ContainsKey(ApiKey);
    }

    /// <summary>The same headers, unless they are so long that keeping them would cost too much.</summary>
    private static ObjectValue Bounded(ObjectValue headers)
    {
        var characters = 0;
        for (var i = 0; i < headers.Count; i++) characters += headers.NameAt(i).Length + (headers.ValueAt(i).AsString?.Length ?? 0);
        if (characters <= MaxHeaderCharacters && headers.Count <= MaxHeaders) return headers;
        var (cut, room) = (new ObjectValue(), MaxHeaderCharacters);
        for (var i = 0; i < headers.Count && i < MaxHeaders && room > 0; i++)
        {
            var (name, value) = (headers.NameAt(i), headers.ValueAt(i).AsString ?? "");
            room -= name.Length;
            var kept = Math.Max(0, Math.Min(value.Length, room));
            if (name.Length <= MaxHeaderCharacters / 4) cut.Set(name, kept == value.Length ? value : value[..kept] + "…");
            room -= kept;
        }

        return cut;
    }
}
