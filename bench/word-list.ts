const split = (words: string): readonly string[] => words.trim().split(/\s+/);

/** Themes: each key carries one, so both a search in keys and a search in texts finds them. */
export const TOPICS = split(`
  deployment billing onboarding latency invoice kitchen garden travel security backup compiler vaccine budget
  calendar recipe warranty contract piano marathon telescope insurance network database interview holiday
  pottery sailing archive password printer festival lecture
`);

/** First and second halves of project names such as "amberharbor": 1,600 rare words. */
export const NAME_HEADS = split(`
  amber azure brisk cedar cobalt copper coral crimson dusky ember fern flint frost ginger glass granite hazel
  indigo iron ivory jade linen lunar maple marble misty north ochre olive opal pearl pine quartz rapid rustic
  silver solar velvet violet willow
`);
export const NAME_TAILS = split(`
  anchor arrow basin beacon bridge brook canyon castle cliff crane delta dune falcon field forge garnet glade
  harbor haven heron island lagoon lantern ledge meadow mill orchard otter peak pier prairie raven ridge river
  sparrow spring summit tower valley wharf
`);

/** Everyday words; earlier ones are used more often, as in natural text. */
export const COMMON_WORDS = split(`
  the and to of a in that it for was on with as we they this but from or have by not at had about after before
  when which would should could their there because team plan said asked wants new first last time week month
  day morning report note meeting decided prefers likes needs found fixed moved changed started finished never
  always often again today tomorrow without between under every some few more less better worse slow fast early
  late old young small large long short next other same different question answer reason result problem idea
  detail choice price number version customer partner friend family teacher doctor engineer writer manager
  neighbour student office house street market school hospital library station window table paper letter phone
  screen keyboard camera coffee water bread cheese apple music song film book page story picture colour green
  blue red yellow white black warm cold bright dark quiet loud clean broken ready empty full open closed simple
  careful honest curious patient tired happy worried proud surprised agreed refused promised forgot remembered
  explained compared measured tested counted painted repaired delivered ordered cancelled booked borrowed saved
`);

export const PERSONAS = split('athena artemis hestia bellona seshat');

/** Key prefixes and the section v4 derived from each. */
export const KEY_PREFIXES = split('working_ episode_ knowledge_ procedure_');
