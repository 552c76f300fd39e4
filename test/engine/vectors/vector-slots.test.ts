import { describe, expect, it } from 'vitest';
import { type MadeVector, VectorSlots } from '../../../src/engine/vectors/vector-slots.ts';

const DIMENSION = 40;

function made(seed: number): MadeVector {
  return {
    textCrc: 0xffffffff - seed,
    kept: {
      bytes: Int8Array.from({ length: DIMENSION }, (_, index) => seed - index),
      scale: 1 / (seed + 1),
      code: Uint32Array.of(seed, 0xffffffff - seed),
    },
  };
}

const refuse = (): never => {
  throw new Error('is made twice');
};

describe('vector slots', () => {
  it('hand over what was filled, in the same memory', () => {
    const filling = new VectorSlots(DIMENSION, 5);
    const taking = new VectorSlots(DIMENSION, 5, filling.buffer);
    for (let slot = 0; slot < 5; slot += 1) filling.fill(slot, () => made(slot));
    for (let slot = 4; slot >= 0; slot -= 1) expect(taking.at(slot).take()).toEqual(made(slot));
    expect(taking.at(2).take()).toEqual(made(2));
  });

  it('tell a text without a vector from one that is not made yet', () => {
    const slots = new VectorSlots(DIMENSION, 2);
    slots.fill(0, () => ({ textCrc: 7, kept: null }));
    expect(slots.at(0).take()).toEqual({ textCrc: 7, kept: null });
    expect(slots.at(1).take()).toBeNull();
  });

  it('make nothing that was taken unmade, and nothing twice', () => {
    const slots = new VectorSlots(DIMENSION, 2);
    expect(slots.at(0).take()).toBeNull();
    slots.fill(0, refuse);
    expect(slots.at(0).take()).toBeNull();
    slots.fill(1, () => made(1));
    slots.fill(1, refuse);
  });

  it('hand nothing over while it is being made', () => {
    const slots = new VectorSlots(DIMENSION, 1);
    slots.fill(0, () => {
      expect(slots.at(0).take()).toBeNull();
      return made(3);
    });
    expect(slots.at(0).take()).toEqual(made(3));
  });
});
