using System.Globalization;
using System.Text;

namespace Streaming.Search.Analysis;

/// <summary>What a character is to the words around it. Source: Unicode Standard Annex 29, word boundaries.</summary>
internal enum WordClass : byte
{
    None, Letter, Number, Katakana, Join, MidLetter, MidNumber, MidBoth, Single, Extend,
}

internal static class WordClasses
{
    private static readonly WordClass[] s_ascii = [.. Enumerable.Range(0, 128).Select(code => OfAscii((char)code))];

    public static WordClass Of(Rune rune) => rune.IsAscii ? s_ascii[rune.Value] : OfOther(rune);

    public static WordClass OfAscii(byte code) => s_ascii[code];

    private static WordClass OfAscii(char code) => code switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => WordClass.Letter,
        >= '0' and <= '9' => WordClass.Number,
        '_' => WordClass.Join,
        '.' or '\'' => WordClass.MidBoth,
        ':' => WordClass.MidLetter,
        ',' or ';' => WordClass.MidNumber,
        _ => WordClass.None,
    };

    private static WordClass OfOther(Rune rune) => rune.Value switch
    {
        0x2018 or 0x2019 or 0x2024 or 0xFE52 or 0xFF07 or 0xFF0E => WordClass.MidBoth,
        0x00B7 or 0x0387 or 0x05F4 or 0x2027 or 0xFE13 or 0xFE55 or 0xFF1A => WordClass.MidLetter,
        0x037E or 0x0589 or 0x060C or 0x060D or 0x066C or 0x07F8 or 0x2044 or 0xFE10 or 0xFE14 or 0xFF0C or 0xFF1B => WordClass.MidNumber,
        // Scripts without spaces: each sign is a word.
        >= 0x3041 and <= 0x309F or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF => WordClass.Single,
        >= 0x30A1 and <= 0x30FF or >= 0x31F0 and <= 0x31FF or >= 0xFF66 and <= 0xFF9F => WordClass.Katakana,
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => WordClass.Letter,
            UnicodeCategory.DecimalDigitNumber => WordClass.Number,
            UnicodeCategory.ConnectorPunctuation => WordClass.Join,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => WordClass.Extend,
            _ => WordClass.None,
        },
    };
}
