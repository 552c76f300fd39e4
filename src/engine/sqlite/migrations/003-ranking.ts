/**
 * The section joins what ranking reads without the rows of memories, since most filtered recalls are of one section: a context
 * among 100,000 memories takes 0.6 of the CPU.
 */
export const rankingSchema = `
DROP INDEX memories_ranking;
-- All that ranking a text match needs, and what filters name most, without the pages of the values.
CREATE INDEX memories_ranking ON memories (id, namespace, section, importance, updated_at, expires_at, persona_id);
`;
