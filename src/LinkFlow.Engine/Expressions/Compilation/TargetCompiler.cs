using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Parsing;

namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>Compiles what receives values: declarations, parameters, assignments.</summary>
internal sealed class TargetCompiler(Compiler compiler)
{
    /// <summary>Declares every name in a pattern.</summary>
    public static void Declare(Pattern pattern, Variables variables, bool isConstant)
    {
        switch (pattern)
        {
            case NamePattern name:
                if (variables.Declare(name.Name, isConstant) < 0) throw Compiler.Error($"'{name.Name}' is declared twice.", name.Position);
                break;
            case DefaultPattern withDefault:
                Declare(withDefault.Target, variables, isConstant);
                break;
            case RestPattern rest:
                Declare(rest.Target, variables, isConstant);
                break;
            case ArrayPattern array:
                foreach (var element in array.Elements)
                    if (element is not null) Declare(element, variables, isConstant);
                break;
            case ObjectPattern o:
                foreach (var (_, _, target) in o.Properties) Declare(target, variables, isConstant);
                break;
        }
    }

    /// <summary>A pattern that gives the variables in it, which are declared, their first values.</summary>
    public Target Declaration(Pattern pattern, Variables variables)
    {
        var target = Target(pattern, variables);
        foreach (var name in HoistedNames.NamesIn(pattern)) variables.Initialise(name);
        return target;
    }

    /// <summary>A pattern whose names are declared; a constant may receive its value here.</summary>
    public Target Target(Pattern pattern, Variables variables, bool isAssignment = false)
    {
        compiler.Enter(pattern);
        Target target = pattern switch
        {
            DefaultPattern withDefault => new DefaultTarget(Target(withDefault.Target, variables, isAssignment), compiler.Expression(withDefault.Default, variables)) { Position = pattern.Position },
            ArrayPattern array => new ArrayTarget(
                array.Elements.Where(e => e is not RestPattern).Select(e => e is null ? null : Target(e, variables, isAssignment)).ToArray(),
                array.Elements.Count > 0 && array.Elements[^1] is RestPattern last ? Target(last.Target, variables, isAssignment) : null) { Position = pattern.Position },
            ObjectPattern o => new ObjectTarget(
                o.Properties.Where(p => p.Target is not RestPattern).Select(p => (p.Name, p.Key is null ? null : compiler.Expression(p.Key, variables), Target(p.Target, variables, isAssignment))).ToArray(),
                o.Properties.Count > 0 && o.Properties[^1].Target is RestPattern rest ? Target(rest.Target, variables, isAssignment) : null) { Position = pattern.Position },
            RestPattern => throw Compiler.Error("'...' can stand only at the end.", pattern.Position),
            _ => Place(pattern, variables, isAssignment),
        };
        compiler.Leave();
        return target;
    }

    /// <summary>A variable, member or element.</summary>
    public Place Place(Pattern pattern, Variables variables, bool isAssignment = true)
    {
        if (pattern is NamePattern name)
        {
            if (variables.Find(name.Name, isAssignment) is not { } local)
                throw Compiler.Error($"'{name.Name}' cannot be assigned to: only variables that the function declares can. Did you mean '==='?", name.Position);
            if (local.IsConstant && isAssignment) throw Compiler.Error($"'{name.Name}' is a constant and cannot be assigned to.", name.Position);
            return local.IsEarly && isAssignment ? new EarlyVariablePlace(name.Name, local.Hops, local.Slot) { Position = pattern.Position } : new VariablePlace(local.Hops, local.Slot) { Position = pattern.Position };
        }

        return ((PlacePattern)pattern).Place switch
        {
            MemberSyntax member => new PropertyPlace(compiler.Expression(member.Object, variables), new ConstantNode(member.Name)) { Position = pattern.Position },
            IndexSyntax index => new PropertyPlace(compiler.Expression(index.Object, variables), compiler.Expression(index.Index, variables)) { Position = pattern.Position },
            _ => throw Compiler.Error("This cannot be assigned to.", pattern.Position),
        };
    }

    public Node Assignment(AssignmentSyntax assignment, Variables variables)
    {
        if (assignment.Operator.Length == 0)
        {
            var target = Target(assignment.Target, variables, isAssignment: true);
            return new AssignNode(target, compiler.Expression(assignment.Value, variables)) { Position = assignment.Position };
        }

        var place = Place(assignment.Target, variables);
        var value = compiler.Expression(assignment.Value, variables);
        return assignment.Operator is "&&" or "||" or "??"
            ? new LogicalAssignNode(place, LogicalNode.Parse(assignment.Operator), value) { Position = assignment.Position }
            : new CompoundAssignNode(place, Operators.Parse(assignment.Operator), value) { Position = assignment.Position };
    }
}
