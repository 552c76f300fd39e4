/**
 * English function words and the pieces that apostrophes leave behind (`don't` is indexed as `don` and `t`).
 * They match most documents, so they cost time and say nothing about relevance.
 */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  [
    'a an the this that these those',
    'i me my mine myself you your yours yourself he him his himself she her hers herself it its itself',
    'we us our ours ourselves they them their theirs themselves',
    'am is are was were be been being do does did doing done have has had having',
    'will would shall should can could may might must',
    'and or but nor if then than so as because while although though',
    'of at by for with about against between into through to from in on onto upon',
    'what which who whom whose when where why how',
    'there here not no only very too also just any some such each both all',
    's t d m ll re ve don doesn didn isn wasn aren weren hasn haven hadn won wouldn couldn shouldn',
  ].flatMap((line) => line.split(' ')),
);
