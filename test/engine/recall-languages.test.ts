import { describe, expect, it } from 'vitest';
import type { MemoryOperations, RecallMode } from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

/** By key; what is searched for stands inside of longer text, as memories do. */
const TEXTS: Readonly<Record<string, string>> = {
  'tokyo-office': '東京都庁で会議をした',
  'tokyo-trip': '来月は東京へ行く予定です',
  kyoto: '京都の寺を訪れた',
  database: 'データベースの設計を見直す',
  'half-data': 'ﾃﾞｰﾀを保存する',
  company: 'ABC会社と契約した',
  shirt: '青いTシャツを買った',
  oyster: 'カキを食べた',
  brat: 'ガギという名前',
  server: 'サーバーが落ちた',
  server2: 'サーバの再起動',
  people: '人々が集まる広場',
  sometimes: '時々雨が降る',
  'full-width': '型番はＡＢＣ１２３です',
  'plain-code': 'the part number is ABC123',
  cafe: 'We met in the Café Central',
  unit: 'a length of 5 Ångström',
  naive: 'a naïve approach',
  strasse: 'Die Straße ist gesperrt',
  school: '학교에서 친구를 만났다',
  library: '도서관은 학교 옆에 있다',
  beijing: '我住在北京市朝阳区',
  shanghai: '上海的天气很热',
  taiwan: '台灣的夜市很熱鬧',
  greek: 'Η Αθήνα είναι όμορφη',
  russian: 'Москва является столицей России',
  hebrew: 'ירושלים עיר עתיקה',
  arabic: 'القاهرة مدينة كبيرة',
  hindi: 'दिल्ली भारत की राजधानी है',
  thai: 'กรุงเทพเป็นเมืองหลวง',
  emoji: 'launch day 🚀 was great',
  rare: '𠮷野家で牛丼を食べた',
};

const CASES: readonly (readonly [query: string, keys: readonly string[]])[] = [
  ['東京', ['tokyo-office', 'tokyo-trip']],
  ['東京都', ['tokyo-office']],
  ['京都', ['kyoto', 'tokyo-office']],
  ['会議', ['tokyo-office']],
  ['京', ['beijing', 'kyoto', 'tokyo-office', 'tokyo-trip']],
  ['寺', ['kyoto']],
  ['データベース', ['database']],
  ['ﾃﾞｰﾀﾍﾞｰｽ', ['database']],
  ['データ', ['database', 'half-data']],
  ['ﾃﾞｰﾀ', ['database', 'half-data']],
  ['ABC会社', ['company']],
  ['会社', ['company']],
  ['Tシャツ', ['shirt']],
  ['Ｔｼｬﾂ', ['shirt']],
  ['シャツ', ['shirt']],
  ['カキ', ['oyster']],
  ['ｶｷ', ['oyster']],
  ['ガギ', ['brat']],
  ['か\u3099', ['people', 'server', 'sometimes']],
  ['カ\u3099キ\u3099', ['brat']],
  ['サーバー', ['server']],
  ['サーバ', ['server', 'server2']],
  ['人々', ['people']],
  ['時々', ['sometimes']],
  ['々', ['people', 'sometimes']],
  ['ABC123', ['full-width', 'plain-code']],
  ['ａｂｃ１２３', ['full-width', 'plain-code']],
  ['cafe', ['cafe']],
  ['CAFÉ', ['cafe']],
  ['Cafe\u0301', ['cafe']],
  ['angstrom', ['unit']],
  ['\u212bngstr\u00f6m', ['unit']],
  ['naive', ['naive']],
  ['naïve', ['naive']],
  ['Straße', ['strasse']],
  ['학교', ['library', 'school']],
  ['친구', ['school']],
  ['北京', ['beijing']],
  ['朝阳', ['beijing']],
  ['天气', ['shanghai']],
  ['夜市', ['taiwan']],
  ['αθήνα', ['greek']],
  ['МОСКВА', ['russian']],
  ['ירושלים', ['hebrew']],
  ['القاهرة', ['arabic']],
  ['भारत', ['hindi']],
  ['𠮷野家', ['rare']],
  ['牛丼', ['rare']],
];

async function fill(memories: MemoryOperations): Promise<void> {
  await memories.storeMany(Object.entries(TEXTS).map(([key, value]) => ({ key, value })));
}

async function search(
  memories: MemoryOperations,
  query: string,
  mode: RecallMode,
): Promise<readonly (readonly [key: string, byText: boolean])[]> {
  const { hits, degraded } = await memories.recall({ query, mode, limit: 100, touch: false });
  expect(degraded).toBe(false);
  return hits.map(({ key, explanation }) => [key, explanation.text !== null]);
}

describe('recall in many languages', () => {
  it.each(['TEXT', 'HYBRID'] as const)(
    '%s finds by words what holds them, and nothing else by words',
    async (mode) => {
      const memories = shared.memories();
      await fill(memories);
      const found: Record<string, readonly string[]> = {};
      for (const [query] of CASES) {
        const hits = await search(memories, query, mode);
        found[query] = hits
          .filter(([, byText]) => byText)
          .map(([key]) => key)
          .sort();
      }
      expect(found).toEqual(Object.fromEntries(CASES));
    },
  );

  it('HYBRID sets what holds the words before what does not', async () => {
    const memories = shared.memories();
    await fill(memories);
    for (const [query, keys] of CASES) {
      if (keys.length === 0) continue;
      const hits = await search(memories, query, 'HYBRID');
      expect([query, hits[0]?.[1]]).toEqual([query, true]);
    }
  });

  it('SEMANTIC answers something for every text, by words where the model knows none', async () => {
    const memories = shared.memories();
    await fill(memories);
    for (const query of [...Object.values(TEXTS), '🚀', '𠮷', '々', 'ー', '\u3099']) {
      const { servedMode, hits, degraded } = await memories.recall({
        query,
        mode: 'SEMANTIC',
        limit: 100,
        touch: false,
      });
      expect(degraded).toBe(false);
      expect(['SEMANTIC', 'TEXT']).toContain(servedMode);
      expect(new Set(hits.map(({ key }) => key)).size).toBe(hits.length);
      for (const { score } of hits) expect(Number.isFinite(score)).toBe(true);
    }
  });

  it('the same text in another form is the same text to the model', async () => {
    const memories = shared.memories();
    await fill(memories);
    await memories.store({ key: 'piano', value: 'She practises the piano every evening' });
    for (const query of ['PIANO', 'ｐｉａｎｏ', 'piáno']) {
      const { hits } = await memories.recall({ query, mode: 'SEMANTIC', limit: 1, touch: false });
      expect([query, hits[0]?.key]).toEqual([query, 'piano']);
    }
  });
});
