using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>A piece of an expression as it was written.</summary>
/// <param name="Position">Characters from the start of the parameter's text.</param>
internal abstract record Syntax(int Position);

internal sealed record LiteralSyntax(int Position, Value Value) : Syntax(Position);
internal sealed record NameSyntax(int Position, string Name) : Syntax(Position);
internal sealed record RegexSyntax(int Position, string Pattern, string Flags) : Syntax(Position);

/// <summary>A template: its chunks are one more than its parts.</summary>
internal sealed record TemplateSyntax(int Position, IReadOnlyList<string> Chunks, IReadOnlyList<Syntax> Parts) : Syntax(Position);

/// <summary>An element that is null is a hole.</summary>
internal sealed record ArraySyntax(int Position, IReadOnlyList<Syntax?> Elements) : Syntax(Position);
internal sealed record ObjectSyntax(int Position, IReadOnlyList<PropertySyntax> Properties) : Syntax(Position);

/// <summary>A property: named, or with a computed key, or, with neither, spread.</summary>
internal sealed record PropertySyntax(int Position, string? Name, Syntax? Key, Syntax Value) : Syntax(Position);
internal sealed record SpreadSyntax(int Position, Syntax Argument) : Syntax(Position);
internal sealed record UnarySyntax(int Position, string Operator, Syntax Operand) : Syntax(Position);

/// <summary>Operators of one precedence, from left to right; flat, so that a long sum is not deep.</summary>
internal sealed record BinarySyntax(int Position, IReadOnlyList<Syntax> Operands, IReadOnlyList<string> Operators) : Syntax(Position);
internal sealed record LogicalSyntax(int Position, string Operator, IReadOnlyList<Syntax> Operands) : Syntax(Position);
internal sealed record ConditionalSyntax(int Position, Syntax Test, Syntax Then, Syntax Else) : Syntax(Position);
internal sealed record SequenceSyntax(int Position, IReadOnlyList<Syntax> Expressions) : Syntax(Position);

/// <param name="Operator">Empty for a plain assignment, else the operator before the equals sign.</param>
internal sealed record AssignmentSyntax(int Position, string Operator, Pattern Target, Syntax Value) : Syntax(Position);
internal sealed record UpdateSyntax(int Position, bool Increment, bool Prefix, Pattern Target) : Syntax(Position);
internal sealed record MemberSyntax(int Position, Syntax Object, string Name, bool Optional) : Syntax(Position);
internal sealed record IndexSyntax(int Position, Syntax Object, Syntax Index, bool Optional) : Syntax(Position);
internal sealed record CallSyntax(int Position, Syntax Callee, IReadOnlyList<Syntax> Arguments, bool Optional) : Syntax(Position);

/// <summary>How far an optional <c>?.</c> skips when there is nothing.</summary>
internal sealed record ChainSyntax(int Position, Syntax Expression) : Syntax(Position);
internal sealed record NewSyntax(int Position, Syntax Callee, IReadOnlyList<Syntax> Arguments) : Syntax(Position);

/// <param name="Name">Of a function expression that calls itself; else null.</param>
/// <param name="Body">An expression or a <see cref="BlockSyntax"/>.</param>
internal sealed record FunctionSyntax(int Position, string? Name, IReadOnlyList<Pattern> Parameters, Syntax Body, string Source) : Syntax(Position);

/// <summary>What receives a value: a name, a place, or parts of a value.</summary>
internal abstract record Pattern(int Position) : Syntax(Position);
internal sealed record NamePattern(int Position, string Name) : Pattern(Position);

/// <summary>A member or element; only assignments have it.</summary>
internal sealed record PlacePattern(int Position, Syntax Place) : Pattern(Position);
internal sealed record DefaultPattern(int Position, Pattern Target, Syntax Default) : Pattern(Position);
internal sealed record RestPattern(int Position, Pattern Target) : Pattern(Position);
internal sealed record ArrayPattern(int Position, IReadOnlyList<Pattern?> Elements) : Pattern(Position);
internal sealed record ObjectPattern(int Position, IReadOnlyList<(string? Name, Syntax? Key, Pattern Target)> Properties) : Pattern(Position);

/// <summary>A statement of a block body.</summary>
internal abstract record StatementSyntax(int Position) : Syntax(Position);
internal sealed record BlockSyntax(int Position, IReadOnlyList<StatementSyntax> Statements) : StatementSyntax(Position);
internal enum DeclarationKind : byte { Const, Let, Var }

internal sealed record DeclarationSyntax(int Position, DeclarationKind Kind, IReadOnlyList<(Pattern Target, Syntax? Value)> Declarations) : StatementSyntax(Position);
internal sealed record ExpressionStatementSyntax(int Position, Syntax Expression) : StatementSyntax(Position);
internal sealed record IfSyntax(int Position, Syntax Test, StatementSyntax Then, StatementSyntax? Else) : StatementSyntax(Position);

/// <param name="Declares">Null: the target is an outer variable or place.</param>
/// <param name="OverKeys"><c>for…in</c>.</param>
/// <param name="HasFunctions">A function in it may outlive the round, so each round has variables of its own.</param>
internal sealed record ForEachSyntax(int Position, DeclarationKind? Declares, Pattern Target, Syntax Source, bool OverKeys, StatementSyntax Body, bool HasFunctions) : StatementSyntax(Position);
internal sealed record ForSyntax(int Position, StatementSyntax? Start, Syntax? Test, Syntax? Next, StatementSyntax Body, bool HasFunctions) : StatementSyntax(Position);
internal sealed record WhileSyntax(int Position, Syntax Test, StatementSyntax Body, bool TestFirst, bool HasFunctions) : StatementSyntax(Position);
internal sealed record ReturnSyntax(int Position, Syntax? Value) : StatementSyntax(Position);
internal sealed record ThrowSyntax(int Position, Syntax Value) : StatementSyntax(Position);

/// <param name="Label">Null: the nearest loop, or, for a break, switch.</param>
internal sealed record LeaveSyntax(int Position, bool IsBreak, string? Label) : StatementSyntax(Position);
internal sealed record LabelledSyntax(int Position, string Label, StatementSyntax Body) : StatementSyntax(Position);
internal sealed record TrySyntax(int Position, BlockSyntax Block, Pattern? Error, BlockSyntax? Catch, BlockSyntax? Finally) : StatementSyntax(Position);
internal sealed record SwitchSyntax(int Position, Syntax Value, IReadOnlyList<(Syntax? Test, IReadOnlyList<StatementSyntax> Statements)> Cases) : StatementSyntax(Position);
