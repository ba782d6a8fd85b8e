using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;

namespace LinkFlow.Platform.Webhooks.Bodies;

/// <summary>A body whose files are stored; they have no documents yet, and are nobody's if they never get one.</summary>
/// <param name="Fields">The form's fields that are no files.</param>
/// <param name="Binary">The files as the item carries them.</param>
/// <param name="Bytes">Of the whole body.</param>
internal sealed record ReceivedBody(ObjectValue Fields, IReadOnlyList<NewFile> Files, IReadOnlyDictionary<string, BinaryReference>? Binary, long Bytes);
