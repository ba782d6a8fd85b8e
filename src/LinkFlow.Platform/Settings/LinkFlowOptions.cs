using System.ComponentModel.DataAnnotations;

namespace LinkFlow.Platform.Settings;

/// <summary>
/// Every setting under <c>LinkFlow:</c>, with its default and bounds. Read once, at the start, by
/// <see cref="SettingsReader"/>; what is not declared here is an unknown setting.
/// </summary>
public sealed class LinkFlowOptions
{
    /// <summary>The folder that holds everything; created when missing.</summary>
    [MinLength(1)]
    public string DataPath { get; set; } = "./data";

    /// <summary>The owner's API key at the first start; null: a random one is written to <c>owner.key</c>.</summary>
    [MinLength(32)]
    public string? OwnerApiKey { get; set; }

    /// <summary>An absolute http or https URL builds every URL that is handed out. Null: the address listened on.</summary>
    [HttpUrl]
    public string? PublicUrl { get; set; }

    /// <summary>Addresses or CIDRs of proxies whose forwarded headers count.</summary>
    [Cidr]
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    /// <summary>Whether strangers may register; there is one owner for now, so nobody can.</summary>
    public RegistrationMode Registration { get; set; } = RegistrationMode.Closed;

    /// <summary>What this installation calls itself; every execution records it.</summary>
    [MaxLength(64)]
    public string Environment { get; set; } = "";
    public OutboundOptions Outbound { get; set; } = new();
    public ClaimCheckOptions ClaimCheck { get; set; } = new();
    public LimitsOptions Limits { get; set; } = new();
    public RetentionOptions Retention { get; set; } = new();
    public CorsOptions Cors { get; set; } = new();
    public MetricsOptions Metrics { get; set; } = new();
    public WebhookOptions Webhooks { get; set; } = new();
    public SchedulesOptions Schedules { get; set; } = new();
    public EventsOptions Events { get; set; } = new();
    public SecretsOptions Secrets { get; set; } = new();
    public ExpressionOptions Expressions { get; set; } = new();
    public CredentialsOptions Credentials { get; set; } = new();
    public AzureOptions Azure { get; set; } = new();
    public EntraOptions Entra { get; set; } = new();
}

/// <summary>Who may make an account.</summary>
public enum RegistrationMode { Closed, Invite, Open }

public sealed class OutboundOptions
{
    /// <summary>Hosts, addresses or CIDRs that nodes may reach although they are private.</summary>
    public IReadOnlyList<string> Allow { get; set; } = [];
}

public sealed class ClaimCheckOptions
{
    /// <summary>Payloads above this many bytes go to the blob store.</summary>
    [Range(1024, 1024 * 1024)]
    public int ThresholdBytes { get; set; } = 32_768;
}

public sealed class RetentionOptions
{
    /// <summary>Days that finished executions are kept.</summary>
    [Range(1, 36_500)]
    public int Days { get; set; } = 30;
}

public sealed class CorsOptions
{
    /// <summary>Origins that browsers may call from; none: CORS is off. Never with credentials.</summary>
    [Origin]
    public IReadOnlyList<string> Origins { get; set; } = [];
}

public sealed class MetricsOptions
{
    /// <summary>True: <c>/metrics</c> needs no key.</summary>
    public bool Anonymous { get; set; }
}

public sealed class WebhookOptions
{
    /// <summary>How long a webhook's caller waits for an answer before it is 202.</summary>
    [Range(1, 200)]
    public int ResponseTimeoutSeconds { get; set; } = 60;

    /// <summary>Calls that a webhook takes a minute, from all callers together, unless its node has a <c>rateLimit</c>; 0: any number.</summary>
    [Range(0, 100_000)]
    public int RatePerMinute { get; set; }

    /// <summary>The last calls that are kept per workflow, in memory, for people who look for one; 0: none.</summary>
    [Range(0, 10_000)]
    public int LoggedCalls { get; set; } = 100;
}

public sealed class CredentialsOptions
{
    /// <summary>Days after which an event reminds that a credential's secrets should be changed; 0: never. A credential may say otherwise.</summary>
    [Range(0, 3_650)]
    public int RotateAfterDays { get; set; } = 90;

    /// <summary>How many days before its end an event tells that a credential expires. That it expired is always told.</summary>
    [Days]
    public IReadOnlyList<string> ExpiryNoticeDays { get; set; } = ["14", "3"];
}

public sealed class SchedulesOptions
{
    /// <summary>A due time that is later than this is a misfire, and goes by its schedule's misfire rule.</summary>
    [Range(1, 86_400)]
    public int MisfireSeconds { get; set; } = 60;
}

public sealed class EventsOptions
{
    /// <summary>How long a published event is known by its source and id, and an event that started a workflow: a repeat does nothing.</summary>
    [Range(1, 90)]
    public int RepeatDays { get; set; } = 7;

    /// <summary>How long an outbound webhook's receiver may take to answer.</summary>
    [Range(1, 60)]
    public int DeliveryTimeoutSeconds { get; set; } = 10;

    /// <summary>How long a delivery that fails is tried again.</summary>
    [Range(1, 168)]
    public int RetryHours { get; set; } = 24;

    /// <summary>An outbound webhook is disabled when each of its deliveries has failed for so long.</summary>
    [Range(1, 720)]
    public int DisableAfterHours { get; set; } = 72;

    /// <summary>How long deliveries that have ended are kept, to be looked at and sent once more.</summary>
    [Range(1, 90)]
    public int DeliveryLogDays { get; set; } = 7;

    /// <summary>Deliveries that may wait for one receiver; further ones are noted as failed, and can be sent once more.</summary>
    [Range(1, 1_000_000)]
    public int PendingDeliveries { get; set; } = 100_000;

    /// <summary>Days that events are kept for a replay once every subscriber has had them.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 7;

    /// <summary>Days that dead letters are kept.</summary>
    [Range(1, 3_650)]
    public int DeadLetterDays { get; set; } = 90;

    /// <summary>How long after its first failure an event is handed to the subscriber again; doubles with each of the four further tries.</summary>
    [Range(1, 60_000)]
    public int FirstRetryMilliseconds { get; set; } = 1_000;

    /// <summary>Events that one subscriber handles at once; those of one subject never.</summary>
    [Range(1, 1_000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>Events that may wait in memory for one subscriber.</summary>
    [Range(100, 1_000_000)]
    public int Waiting { get; set; } = 10_000;
}

public sealed class SecretsOptions
{
    /// <summary>The master key itself, base64 of 32 bytes, for hosts that keep it in their environment. Null: it is in a file.</summary>
    [Base64Key]
    public string? MasterKey { get; set; }

    /// <summary>The file of the master key; made at the first start. Null: <c>master.key</c> in the data folder.</summary>
    [MinLength(1)]
    public string? MasterKeyFile { get; set; }

    /// <summary>Older master keys that secrets are still sealed with; they are re-wrapped with the current one, and then these are needed no more.</summary>
    [Base64Key]
    public IReadOnlyList<string> PreviousMasterKey { get; set; } = [];

    /// <summary>How long an opened secret is kept in memory, give or take a third; 0: not at all.</summary>
    [Range(0, 600)]
    public int CacheSeconds { get; set; } = 45;
}

public sealed class ExpressionOptions
{
    /// <summary>Environment variables of the process that expressions see as <c>$env.NAME</c>; never one of LinkFlow's own settings.</summary>
    [EnvironmentName]
    public IReadOnlyList<string> Environment { get; set; } = [];
}
