namespace LinkFlow.Platform.Credentials.Reminders;

/// <summary>When somebody should hear of a credential. Pure.</summary>
internal static class ReminderRules
{
    /// <summary>All that is so at this time, told already or not.</summary>
    /// <param name="rotateAfterDays">0: the age of secrets does not matter.</param>
    /// <param name="noticeDays">How many days before its end a credential expires soon; any order.</param>
    /// <returns>In the order to tell them. Those after the first of their kind are overtaken by it: they count as told with it.</returns>
    public static IReadOnlyList<IReadOnlyList<Reminder>> Due(Credential credential, DateTimeOffset now, int rotateAfterDays, IReadOnlyList<int> noticeDays)
    {
        var due = new List<IReadOnlyList<Reminder>>();
        var rotatedAt = credential.RotatedAt;
        if (rotateAfterDays > 0 && credential.SecretSet.Count > 0 && now >= rotatedAt.AddDays(rotateAfterDays)) due.Add([new RotationDue(rotatedAt, rotateAfterDays)]);
        if (credential.ExpiresAt is not { } end) return due;

        var reached = noticeDays.Where(d => now >= end.AddDays(-d)).Order().Select(Reminder (d) => new Expiring(rotatedAt, end, d)).ToList();
        if (now >= end) reached.Insert(0, new Expired(rotatedAt, end));
        if (reached.Count > 0) due.Add(reached);
        return due;
    }
}
