// What RFC 6455 asks of a server, frame by frame, against the echo of the conformance server (tests/conformance): framing,
// pings, reserved bits and opcodes, fragments, UTF-8, and the closing handshake.
import crypto from 'node:crypto';

import { all, binary, close, echo, fragments, frame, message, op, ping, pong, suite, text } from './websocket.mjs';

const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

suite('messages of every size of header come back, in one piece and in many', async (port) => {
  const cases = {};
  for (const size of [0, 1, 125, 126, 127, 128, 65535, 65536]) {
    for (const payload of ['*'.repeat(size), Buffer.alloc(size, 0xfe)]) {
      const what = `${echo(payload)[0]} of ${size}`;
      cases[what] = { say: [message(payload)], hear: [echo(payload)] };
      if (size < 1000) cases[`${what}, octet by octet`] = { ...cases[what], chop: 1 };
    }
  }
  for (const chop of [1, 2, 7, 61, 256, 997]) {
    cases[`65536 octets of text in pieces of ${chop}`] = { say: [text('*'.repeat(65536))], hear: [echo('*'.repeat(65536))], chop };
    const data = crypto.randomBytes(65536);
    cases[`65536 octets in pieces of ${chop}`] = { say: [binary(data)], hear: [echo(data)], chop };
  }
  cases['many messages in one segment'] = { say: [Buffer.concat(Array.from({ length: 500 }, (_, i) => text(`${i}`)))],
    hear: Array.from({ length: 500 }, (_, i) => echo(`${i}`)) };
  await all(port, cases);
});

suite('headers that lie about sizes and frames without a mask fail', async (port) => {
  await all(port, {
    'no mask': { say: [text('a', { masked: false })], fails: 1002 },
    'a ping without a mask': { say: [ping('a', { masked: false })], fails: 1002 },
    '125 written with two octets': { say: [text('*'.repeat(125), { sizeBytes: 2 })], fails: 1002 },
    '65535 written with eight octets': { say: [text('*'.repeat(65535), { sizeBytes: 8 })], fails: 1002 },
    'a size of 64 bits': { say: [text('', { announced: 2n ** 63n, sizeBytes: 8 })], fails: 1002 },
    'a size of 63 bits': { say: [text('', { announced: 2n ** 63n - 1n, sizeBytes: 8 })], fails: 1009 },
  });
});

suite('every ping gets its pong, and pongs are not answered', async (port) => {
  const pings = Array.from({ length: 10 }, (_, i) => `ping ${i}`);
  const pongs = pings.map((payload) => ['pong', Buffer.from(payload)]);
  const long = Buffer.alloc(125, 0xfe);
  await all(port, {
    'an empty ping': { say: [ping()], hear: [['pong', Buffer.alloc(0)]] },
    'a ping with text': { say: [ping('Hello')], hear: [['pong', Buffer.from('Hello')]] },
    'a ping of octets that are no text': { say: [ping(hex('00fffefdfcfb00ff'))], hear: [['pong', hex('00fffefdfcfb00ff')]] },
    'a ping of 125': { say: [ping(long)], hear: [['pong', long]] },
    'a ping of 125, octet by octet': { say: [ping(long)], hear: [['pong', long]], chop: 1 },
    'a ping of 126': { say: [ping(Buffer.alloc(126))], fails: 1002 },
    'a pong of 126': { say: [pong(Buffer.alloc(126))], fails: 1002 },
    'a close frame of 126': { say: [close(1000, '*'.repeat(124))], fails: 1002 },
    'a pong that nobody asked for': { say: [pong('unasked'), ping('asked')], hear: [['pong', Buffer.from('asked')]] },
    '10 pings': { say: pings.map((p) => ping(p)), hear: pongs },
    '10 pings at once': { say: [Buffer.concat(pings.map((p) => ping(p)))], hear: pongs },
    '10 pings, octet by octet': { say: pings.map((p) => ping(p)), hear: pongs, chop: 1 },
  });
});

suite('reserved bits and opcodes fail, and what came before is answered', async (port) => {
  const cases = {};
  for (const rsv of [1, 2, 3, 4, 5, 6, 7]) {
    for (const [name, opcode] of Object.entries(op)) {
      if (name === 'continuation') continue;
      const bad = frame(opcode, opcode === op.close ? hex('03e8') : 'a', { rsv });
      cases[`reserved bits ${rsv} of ${name}`] = { say: [Buffer.concat([text('before'), bad, ping('after')])], hear: [echo('before')], fails: 1002 };
      cases[`reserved bits ${rsv} of ${name}, octet by octet`] = { say: [text('before'), bad], hear: [echo('before')], fails: 1002, chop: 1 };
    }
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    cases[`opcode ${opcode}, empty`] = { say: [text('before'), frame(opcode)], hear: [echo('before')], fails: 1002 };
    cases[`opcode ${opcode}`] = { say: [Buffer.concat([text('before'), frame(opcode, 'a'), ping()])], hear: [echo('before')], fails: 1002 };
    cases[`opcode ${opcode} inside a message`] = { say: [text('a', { fin: false }), frame(opcode, 'b')], fails: 1002 };
  }
  await all(port, cases);
});

suite('fragments become one message, with control frames between them', async (port) => {
  const begin = text('frag', { fin: false });
  const middle = frame(op.continuation, 'me', { fin: false });
  const end = frame(op.continuation, 'nt');
  const whole = [echo('fragment')];
  const asked = ['pong', Buffer.from('?')];
  const good = {
    'three fragments': { say: [begin, middle, end], hear: whole },
    'three fragments in one segment': { say: [Buffer.concat([begin, middle, end])], hear: whole },
    'binary fragments': { say: [fragments(op.binary, hex('00fffe80'), 1)], hear: [echo(hex('00fffe80'))] },
    'a ping between': { say: [begin, ping('?'), middle, end], hear: [asked, ...whole] },
    'pings everywhere': { say: [ping('?'), begin, ping('?'), middle, pong('!'), ping('?'), end, ping('?')], hear: [asked, asked, asked, ...whole, asked] },
    'empty fragments': { say: [fragments(op.text, '', 1), text('', { fin: false }), frame(op.continuation, '', { fin: false }), frame(op.continuation)],
      hear: [echo(''), echo('')] },
    'empty fragments around a full one': { say: [text('', { fin: false }), frame(op.continuation, 'full', { fin: false }), frame(op.continuation)],
      hear: [echo('full')] },
    'two messages': { say: [begin, middle, end, begin, middle, end], hear: [...whole, ...whole] },
    'a message behind a fragmented one': { say: [begin, middle, end, binary('b')], hear: [...whole, echo(Buffer.from('b'))] },
  };
  const bad = {
    'a fragmented ping': { say: [ping('a', { fin: false }), frame(op.continuation, 'b')], fails: 1002 },
    'a fragmented pong': { say: [pong('a', { fin: false }), frame(op.continuation, 'b')], fails: 1002 },
    'a fragmented close frame': { say: [close(1000, 'a', { fin: false })], fails: 1002 },
    'a last fragment of nothing': { say: [frame(op.continuation, 'a')], fails: 1002 },
    'a fragment of nothing': { say: [frame(op.continuation, 'a', { fin: false })], fails: 1002 },
    'a fragment behind a message': { say: [text('a'), frame(op.continuation, 'b')], hear: [echo('a')], fails: 1002 },
    'a fragment behind a fragmented message': { say: [begin, middle, end, middle], hear: whole, fails: 1002 },
    'a message inside another': { say: [begin, text('inside')], fails: 1002 },
    'a fragmented message inside another': { say: [begin, binary('inside', { fin: false })], fails: 1002 },
    'a message inside another after a ping': { say: [begin, ping('?'), text('inside')], hear: [asked], fails: 1002 },
  };
  const chopped = Object.fromEntries(Object.entries({ ...good, ...bad }).map(([what, c]) => [`${what}, octet by octet`, { ...c, chop: 1 }]));
  await all(port, { ...good, ...bad, ...chopped });
});

// Unicode Standard section 3.9, table 3-7: the edges of every row, and both sides of them.
const kValid = ['', '00', '7f', 'c280', 'dfbf', 'e0a080', 'efbfbf', 'f0908080', 'f48fbfbf', 'ed9fbf', 'ee8080', 'efbfbd', 'efbfbe', 'efb790',
  'f09fbfbe', 'f48fbfbe', 'ceba e1bdb9 cf83 cebc ceb5', '48656c6c6f 2d c2b5 40 c39f', 'e4b896 41 f09f8c8d 42 c3bc'];
// What was right until then | the octet by which it is certain that this is no UTF-8.
const kWrong = ['|80', '|bf', '|c0', '|c1', '|f5', '|f7', '|f8', '|fc', '|fe', '|ff', 'c2|41', 'c2|c2', 'c280|80', 'df|c0', 'e0|80', 'e0|9f', 'e0a0|41',
  'e1|7f', 'e180|c0', 'ed|a0', 'ed|bf', 'ed80|ff', 'ef|c0', 'efbf|00', 'f0|80', 'f0|8f', 'f090|7f', 'f09080|c0', 'f1|c0', 'f4|90', 'f4|bf', 'f48f|c0',
  'f48fbf|2e', '61|f5', 'ceba e1bdb9 cf83 cebc ceb5|ed a0'];
// Right as far as they go.
const kCut = ['c2', 'df', 'e0', 'e0a0', 'ed9f', 'efbf', 'f0', 'f090', 'f09080', 'f48fbf', '4869 e4b8'];

suite('text is UTF-8, and the first octet that is not ends it', async (port) => {
  const cases = {};
  for (const digits of kValid) {
    const bytes = hex(digits);
    const hear = [echo(bytes.toString())];
    cases[`${digits}`] = { say: [text(bytes)], hear };
    cases[`${digits}, octet by octet`] = { say: [text(bytes)], hear, chop: 1 };
    cases[`${digits}, a fragment for each octet`] = { say: [fragments(op.text, bytes, 1)], hear };
  }
  for (const digits of kWrong) {
    const [right, wrong] = digits.split('|').map(hex);
    const bytes = Buffer.concat([right, wrong]);
    cases[`${digits} in one frame`] = { say: [text(Buffer.concat([bytes, Buffer.from('behind')]))], fails: 1007 };
    cases[`${digits}, octet by octet`] = { say: [text(bytes)], fails: 1007, chop: 1 };
    cases[`${digits}, a fragment for each octet`] = { say: [fragments(op.text, bytes, 1)], fails: 1007 };
    // Neither too early nor too late: the ping is answered, and the rest of the frame is not waited for.
    cases[`${digits} in a frame that goes on`] = { say: [text(right, { fin: false }), ping('?'), frame(op.continuation, wrong, { fin: false, announced: 100 })],
      hear: [['pong', Buffer.from('?')]], fails: 1007 };
    cases[`${digits} as binary`] = { say: [binary(bytes)], hear: [echo(bytes)] };
  }
  for (const digits of kCut) {
    cases[`${digits} and no more`] = { say: [text(hex(digits))], fails: 1007 };
    cases[`${digits} and an empty fragment`] = { say: [text(hex(digits), { fin: false }), frame(op.continuation)], fails: 1007 };
  }
  await all(port, cases);
});

suite('the closing handshake says the code again, and nothing behind it counts', async (port) => {
  const cases = {
    'no code': { say: [close()], fails: 'no code' },
    'half a code': { say: [frame(op.close, hex('03'))], fails: 1002 },
    'a reason': { say: [close(1000, 'that is all')], fails: 1000 },
    'the longest reason': { say: [close(1000, '*'.repeat(123))], fails: 1000 },
    'the longest reason, octet by octet': { say: [close(1000, '*'.repeat(123))], fails: 1000, chop: 1 },
    'a reason that is no UTF-8': { say: [close(1000, hex('ceba f4908080'))], fails: 1007 },
    'a reason that is cut': { say: [close(1000, hex('e4b8'))], fails: 1007 },
    'a second close frame': { say: [Buffer.concat([close(1000), close(1001)])], fails: 1000 },
    'text behind it': { say: [Buffer.concat([close(1000), text('behind')])], fails: 1000 },
    'a ping behind it': { say: [Buffer.concat([close(1000), ping()])], fails: 1000 },
    'a text and a ping behind it, in segments of their own': { say: [close(1000), text('behind'), ping()], fails: 1000 },
    'inside a message': { say: [text('half', { fin: false }), close(1000), frame(op.continuation, 'behind')], fails: 1000 },
    'behind a long message': { say: [Buffer.concat([text('*'.repeat(2 ** 18)), close(1000)])], hear: [echo('*'.repeat(2 ** 18))], fails: 1000 },
    'behind a wrong frame': { say: [Buffer.concat([frame(3), close(1000)])], fails: 1002 },
  };
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
    cases[`code ${code}`] = { say: [close(code)], fails: code };
  }
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]) {
    cases[`code ${code}`] = { say: [close(code)], fails: 1002 };
    cases[`code ${code} with a reason`] = { say: [close(code, 'why')], fails: 1002 };
  }
  await all(port, cases);
});
