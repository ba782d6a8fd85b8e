using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Platform.Events;

namespace LinkFlow.Functions.Events;

/// <summary>The topic that carries all events, and in what order they come out of it. Pure.</summary>
public static class EventTopic
{
    public const string Name = "linkflow-events";

    /// <summary>The one subscription: its function hands each event to every subscriber within the application.</summary>
    public const string Subscription = "dispatch";

    /// <summary>Sessions of the topic. Few enough that a broker holds all of them open, many enough that one slow subject holds few others up.</summary>
    public const int Buckets = 256;

    /// <summary>Events of one session come one after the other: those of one subject are in one. An event without a subject needs no order.</summary>
    public static string SessionOf(CloudEvent @event)
    {
        var (tenant, subject) = (@event.Tenant, @event.Subject ?? $"{@event.Source} {@event.Id}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant.Length} {tenant} {subject}"));
        return (BinaryPrimitives.ReadUInt16BigEndian(hash) % Buckets).ToString("x2", CultureInfo.InvariantCulture);
    }

    /// <summary>What the topic knows a repeat by, for events that are in no outbox. Ids alone would not do: each publisher has its own.</summary>
    public static string MessageIdOf(CloudEvent @event) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{@event.Tenant.Length} {@event.Tenant} {@event.Source.Length} {@event.Source} {@event.Id}")));
}
