namespace QaBuild.Model;

/// <summary>Faults of one file or folder, kept until all of them are known.</summary>
/// <param name="most">So many are kept: thousands of tensors may fail for one reason.</param>
internal sealed class FaultList(int most = 20)
{
    private readonly List<ModelFaultException> _faults = [];

    /// <summary>Keeps a fault.</summary>
    public void Add(ModelFaultException fault)
    {
        if (_faults.Count < most)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>What <paramref name="read"/> gives, or nothing and a fault more.</summary>
    public T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ModelFaultException fault)
        {
            foreach (var each in fault.Others.Prepend(fault))
            {
                Add(each);
            }

            return default;
        }
    }

    /// <summary>Throws the first, with the others.</summary>
    /// <exception cref="ModelFaultException">There is one.</exception>
    public void ThrowIfAny()
    {
        if (_faults is [var first, .. var others])
        {
            throw new ModelFaultException(first.Code, first.Path, [.. first.Arguments]) { Line = first.Line, Column = first.Column, Others = others };
        }
    }
}
