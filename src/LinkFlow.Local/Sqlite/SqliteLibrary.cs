using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>
/// Chooses the native SQLite: the system's when it is there and newer than the bundled one, else the bundled one.
/// </summary>
public static class SqliteLibrary
{
    /// <summary>The version that comes with the bundle, as sqlite3_libversion_number prints it (3.35.5).</summary>
    private const int BundledVersion = 3_035_005;

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib"];
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>For example <c>3.40.1</c>. Loads the library if that has not happened yet.</summary>
    public static string Version
    {
        get
        {
            Load();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>Must come before the first use of SQLite in the process; further calls do nothing.</summary>
    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            Batteries_V2.Init();
            _loaded = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" ? FindNewer(SystemNames, BundledVersion) : 0;

    /// <returns>Zero when none of the names is a library newer than <paramref name="version"/>.</returns>
    internal static unsafe nint FindNewer(IEnumerable<string> names, int version)
    {
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library)) continue;
            if (NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var number)
                && ((delegate* unmanaged[Cdecl]<int>)number)() > version) return library;
            NativeLibrary.Free(library);
        }

        return 0;
    }
}
