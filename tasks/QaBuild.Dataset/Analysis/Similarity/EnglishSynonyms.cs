namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>The commonest of the words of one meaning.</summary>
/// <param name="Word">In lower case.</param>
/// <param name="StemHash">The hash of its stem.</param>
/// <param name="IsSpelling">Whether the other is the same word in another spelling.</param>
internal sealed record CommonestWord(string Word, ulong StemHash, bool IsSpelling);

/// <summary>
/// Words of which one may stand for another in nearly any question: everyday synonyms, short forms, and British and American spellings. Words that say something of
/// their own in a database or in code are not among them.
/// </summary>
internal static class EnglishSynonyms
{
    /// <summary>Words of one meaning on a line, the commonest first.</summary>
    public const string Meanings = """
        paper document
        buy purchase
        kind type
        way method manner
        fix repair mend
        mistake error
        build construct
        help assist aid
        choose select pick
        check verify
        picture photo photograph pic image
        happen occur
        improve enhance
        car automobile
        change modify alter
        goal objective
        purpose aim
        show display
        job occupation profession
        avoid prevent
        kill terminate
        allow permit
        use utilize utilise
        big large
        fast quick rapid
        fastest quickest
        easy simple
        easiest simplest
        answer reply
        important essential crucial
        rich wealthy
        sick ill
        child kid children
        movie film
        phone telephone cellphone
        company firm
        speak talk
        salary wage
        apartment flat
        trip journey
        doctor physician
        lawyer attorney
        medicine medication
        disease illness
        country nation
        delete erase
        yearly annual
        often frequently
        usually typically
        whole entire
        famous renowned
        smart intelligent clever
        dangerous hazardous
        need require
        recommend suggest advise
        explain describe
        stop halt
        problem issue trouble
        benefit advantage
        drawback disadvantage
        cheap inexpensive
        price cost
        amount quantity
        afraid scared
        vacation holiday
        garbage trash rubbish
        sofa couch
        bike bicycle
        plane airplane aeroplane
        store shop
        tv television
        lab laboratory
        ad advertisement advert
        info information
        app application
        fridge refrigerator
        config configuration
        param parameter
        admin administrator
        repo repository
        spec specification
        """;

    /// <summary>Spellings of one word on a line, the American first.</summary>
    public const string Spellings = """
        color colour
        favorite favourite
        behavior behaviour
        neighbor neighbour
        center centre
        meter metre
        liter litre
        fiber fibre
        license licence
        catalog catalogue
        dialog dialogue
        gray grey
        tire tyre
        theater theatre
        organize organise
        organization organisation
        analyze analyse
        optimize optimise
        normalize normalise
        summarize summarise
        recognize recognise
        realize realise
        customize customise
        initialize initialise
        serialize serialise
        """;
}
