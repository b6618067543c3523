// node bench/summary.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disturbed, judge, median, rows, verdicts } from './summary.mjs';

const group = {
  name: 'g', peers: ['limit', 'ours'], figures: ['deliveries', 'cpu'],
  targets: [{ peer: 'ours', figure: 'deliveries', against: 'limit', ratio: 0.5 }, { peer: 'ours', figure: 'cpu', against: null, ratio: 2 }],
};
const line = (label, deliveries, cpu) => ({ group: 'g', label, deliveries_per_s: deliveries, srv_us_per_delivery: cpu });
const lines = [line('limit', 100, 1), line('limit', 300, 1), line('limit', 200, 1), line('ours', 90, 3), line('ours', 110, 3)];

test('a median is the middle one, or the mean of the middle two', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test('a run that lost something or had a stranger beside it does not count', () => {
  assert.equal(disturbed({ lost: 0, failed: 0, disconnected: 0, stalled: false, niced_s: 0.02 }), '');
  assert.match(disturbed({ lost: 3, failed: 0 }), /lost 3/);
  assert.match(disturbed({ refused: 1, error: 'HTTP/1.1 401' }), /refused 1 HTTP\/1.1 401/);
  assert.match(disturbed({ lost: 0, niced_s: 0.5 }), /strangers/);
});

test('targets are judged by the medians, each in its own direction', () => {
  const table = rows(group, lines);
  assert.equal(table[0].figures.deliveries, 200);
  assert.equal(table[0].spread.deliveries, 3);
  assert.deepEqual(verdicts(group, table).map((v) => [v.figure, v.reached, v.met]), [['deliveries', 0.5, true], ['cpu', 3, false]]);
});

test('a floor forgives the noise of the runs and nothing more', () => {
  const floor = (least, low, high) => judge({ peer: 'ours', figure: 'deliveries', against: 'limit', least },
    rows(group, [line('limit', 100, 1), line('ours', low, 1), line('ours', high, 1)])).fine;
  assert.equal(floor(0.5, 50, 50), true);
  assert.equal(floor(0.5, 49, 49), false);
  assert.equal(floor(0.5, 40, 56), true);
  assert.equal(floor(0.5, 20, 24), false);
  assert.match(judge({ peer: 'ours', figure: 'cpu', against: 'limit', most: 1 }, []).text, /not measured/);
});
