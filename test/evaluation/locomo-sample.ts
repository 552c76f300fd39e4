const DATE = '1:56 pm on 8 May, 2023';

/** Two short conversations of the shape of LoCoMo whose questions share words with few turns. */
export const LOCOMO_SAMPLE = [
  {
    sample_id: 'conv-1',
    conversation: {
      speaker_a: 'Ann',
      speaker_b: 'Ben',
      session_1_date_time: DATE,
      session_1: [
        { speaker: 'Ann', dia_id: 'D1:1', text: 'My kite is purple.' },
        { speaker: 'Ben', dia_id: 'D1:2', text: 'We sailed to Norway.' },
      ],
      session_2_date_time: '9:05 am on 1 June, 2023',
      session_2: [
        { speaker: 'Ann', dia_id: 'D2:1', text: 'The bakery sells rye bread.' },
        {
          speaker: 'Ben',
          dia_id: 'D2:2',
          text: 'Look at this!',
          blip_caption: 'a heron on a pond',
          query: 'flamingo',
          img_url: ['https://example.org/submarine.jpg'],
        },
      ],
    },
    qa: [
      { question: 'Which kite?', category: 4, evidence: ['D1:1'] },
      { question: 'Norway, rye, bread, bakery?', category: 1, evidence: ['D1:2; D2:01'] },
      { question: 'Who saw a heron?', category: 2, evidence: ['D:2:2', 'D7:7'] },
      { question: 'Zebra?', category: 3, evidence: ['D1:1'] },
      { question: 'Which purple kite has Ben?', category: 5, evidence: ['D1:1'] },
      { question: 'Norway?', category: 3, evidence: ['D', 'D9:9'] },
      { question: 'Bread?', category: 4 },
    ],
  },
  {
    sample_id: 'conv-2',
    conversation: {
      session_1_date_time: DATE,
      session_1: [
        { speaker: 'Cem', dia_id: 'D1:1', text: 'The lighthouse keeper plays chess.' },
        { speaker: 'Dee', dia_id: 'D1:2', text: 'I repaired a kite.' },
      ],
    },
    qa: [{ question: 'What does the lighthouse keeper play?', category: 4, evidence: ['D1:1'] }],
  },
];
