/** Set by the vitest project that runs the tests of the server once more with every request sent through Yoga. */
export const LANE_VARIABLE = 'TRINITAS_TEST_LANE';

export function usesFastLane(): boolean {
  return process.env[LANE_VARIABLE] !== 'yoga';
}
