// What is measured: for each case its groups of runs, each with the limit and the recipe that its ratios refer to, and
// the targets.  `better` says which of two figures is the better one.
const fan = (conns, window, secs) => ['--conns', conns, '--size', 128, '--window', window, '--secs', secs, '--settle', 0.5];

// Figures of a line of fanbench or hookbench, and how they read in a table.
export const figures = {
  deliveries: { field: 'deliveries_per_s', title: 'deliveries/s', better: 'more', digits: 0 },
  work: { title: 'deliveries per CPU s', better: 'more', digits: 0, of: (r) => 1e6 / r.srv_us_per_delivery },
  cpu: { field: 'srv_us_per_delivery', title: 'CPU us/delivery', better: 'less', digits: 3 },
  user: { field: 'srv_user_us_per_delivery', title: 'user us', better: 'less', digits: 3 },
  p99: { field: 'p99_us', title: 'p99 ms', better: 'less', digits: 1, of: (r) => r.p99_us / 1000 },
  memory: { field: 'bytes_per_conn', title: 'bytes/client', better: 'less', digits: 0 },
  connects: { field: 'connect_per_s', title: 'connects/s', better: 'more', digits: 0 },
  connect_cpu: { field: 'connect_cpu_us', title: 'CPU us/connect', better: 'less', digits: 1 },
  messages: { field: 'msgs_per_s', title: 'messages/s', better: 'more', digits: 0 },
  message_cpu: { field: 'srv_us_per_msg', title: 'CPU us/message', better: 'less', digits: 2 },
  requests: { field: 'requests_per_s', title: 'requests/s', better: 'more', digits: 0 },
  request_cpu: { field: 'srv_us_per_request', title: 'CPU us/request', better: 'less', digits: 1 },
  connect_work: { title: 'connects per CPU s', better: 'more', digits: 0, of: (r) => 1e6 / r.connect_cpu_us },
  request_work: { title: 'requests per CPU s', better: 'more', digits: 0, of: (r) => 1e6 / r.srv_us_per_request },
  busy: { field: 'gen_busy', title: 'generator', better: 'none', digits: 2 },
};

// A target: what `figure` of `peer` is, at least or at most, times that of `against`; without `against` as it stands.
const target = (peer, figure, against, ratio) => ({ peer, figure, against, ratio });

function fanout(secs) {
  const groups = [];
  const limits = { 1: [0.9, 2], 8: [0.85, 7], 64: [0.6, 30] };
  for (const [window, [limit, recipe]] of Object.entries(limits)) {
    const raw = window === '1' ? 'rawfan' : 'rawfan-batch';
    const sse = window === '1' ? 'rawfan-sse' : 'rawfan-sse-batch';
    groups.push({
      name: `window ${window}`, limit: raw, recipe: 'sio4',
      peers: [raw, 'ws', 'nchan', 'sio4', 'signalbox-ws', 'signalbox-sio4', 'signalbox-sio3'], args: fan(1000, window, secs),
      figures: ['deliveries', 'cpu', 'user', 'p99', 'busy'],
      targets: ['signalbox-ws', 'signalbox-sio4'].flatMap((peer) => [
        target(peer, 'deliveries', raw, limit), target(peer, 'work', raw, limit), target(peer, 'deliveries', 'sio4', recipe)]),
    }, {
      name: `SSE, window ${window}`, limit: sse, peers: [sse, 'nchan-sse', 'signalbox-sse'], args: fan(1000, window, secs),
      figures: ['deliveries', 'cpu', 'user', 'p99', 'busy'],
      targets: [target('signalbox-sse', 'deliveries', sse, limit), target('signalbox-sse', 'work', sse, limit)],
    });
  }
  return groups;
}

const clients = ['signalbox-ws', 'signalbox-sse', 'signalbox-sio4'];

export const cases = {
  fanout: { title: 'Fan-out to 1,000 clients, 128 bytes, closed loop', groups: fanout },
  crowd: {
    title: '10,000 clients, 3 events a second',
    groups: (secs) => [{
      name: 'crowd', limit: 'rawfan', recipe: 'sio4', peers: ['rawfan', 'ws', 'nchan', 'sio4', ...clients],
      args: ['--conns', 10000, '--rate', 3, '--secs', secs + 1], figures: ['cpu', 'user', 'p99', 'memory'],
      targets: clients.flatMap((peer) => [target(peer, 'cpu', 'rawfan', 1.1), target(peer, 'p99', 'rawfan', 1.15), target(peer, 'user', null, 0.7),
        target(peer, 'cpu', 'sio4', 0.5), target(peer, 'user', 'sio4', 1 / 12), target(peer, 'p99', 'sio4', 0.55)]),
    }],
  },
  memory: {
    title: 'Memory of an idle client, 18,000 clients',
    groups: () => [{
      name: 'memory', recipe: 'sio4', peers: ['ws', 'nchan', 'sio4', ...clients],
      args: ['--conns', 18000, '--pub', 'none', '--settle', 3], figures: ['memory'],
      targets: [target('signalbox-ws', 'memory', null, 700), target('signalbox-sse', 'memory', null, 700),
        target('signalbox-sio4', 'memory', null, 1200), target('signalbox-sio4', 'memory', 'sio4', 1 / 12)],
    }],
  },
  connect: {
    title: 'Connects with their handshakes, 10,000 clients',
    groups: () => [{
      name: 'connect', limit: 'rawfan', recipe: 'sio4', peers: ['rawfan', 'ws', 'nchan', 'sio4', ...clients],
      args: ['--conns', 10000, '--pub', 'none', '--settle', 0.2], figures: ['connects', 'connect_cpu'],
      targets: [target('signalbox-ws', 'connects', 'rawfan', 0.75), target('signalbox-ws', 'connects', 'sio4', 7),
        target('signalbox-sio4', 'connects', 'sio4', 6)],
    }],
  },
  unicast: {
    title: 'Unicast: 10,000 clients with a channel each, window 64',
    groups: (secs) => [{
      name: 'unicast', limit: 'rawfan-rooms', recipe: 'sio4-rooms',
      peers: ['rawfan-rooms', 'nchan', 'sio4-rooms', 'signalbox-ws', 'signalbox-sse'],
      args: ['--conns', 10000, '--channels', 10000, '--window', 64, '--secs', secs, '--settle', 0.5],
      figures: ['messages', 'cpu', 'user', 'p99', 'busy'],
      targets: ['signalbox-ws', 'signalbox-sse'].flatMap((peer) => [target(peer, 'messages', 'rawfan-rooms', 0.75), target(peer, 'messages', 'sio4-rooms', 3)]),
    }],
  },
  lanes: {
    title: 'One lane and two, 1,000 clients, window 8',
    groups: (secs) => [{
      name: 'lanes', limit: 'signalbox-sio4', peers: ['rawfan-batch', 'rawfan-batch-two', 'signalbox-sio4', 'signalbox-sio4-lanes2'],
      args: fan(1000, 8, secs), figures: ['deliveries', 'cpu', 'user', 'p99'],
      // The limit on two cores beside the load generator: what it loses nobody can keep.
      targets: [target('signalbox-sio4-lanes2', 'work', 'signalbox-sio4', 0.9), target('rawfan-batch-two', 'work', 'rawfan-batch', 0.9),
        target('signalbox-sio4-lanes2', 'work', 'rawfan-batch-two', 0.9)],
    }],
  },
  tls: {
    title: 'Fan-out to 1,000 clients over TLS, window 8',
    groups: (secs) => [{
      name: 'tls', limit: 'nchan-tls', recipe: 'sio4-tls', peers: ['nchan-tls', 'ws-tls', 'sio4-tls', 'signalbox-ws-tls', 'signalbox-sio4-tls'],
      args: fan(1000, 8, secs), figures: ['deliveries', 'cpu', 'user', 'p99', 'busy'],
      targets: [target('signalbox-ws-tls', 'deliveries', 'nchan-tls', 0.8), target('signalbox-ws-tls', 'deliveries', 'ws-tls', 0.8),
        target('signalbox-sio4-tls', 'deliveries', 'sio4-tls', 4)],
    }],
  },
  pipeline: {
    title: 'whitelist and auth in the pipeline',
    groups: (secs) => [...[8, 64].map((window) => ({
      name: `window ${window}`, limit: 'signalbox-ws', peers: ['signalbox-ws', 'signalbox-ws-filtered'], args: fan(1000, window, secs),
      figures: ['deliveries', 'cpu', 'user'], targets: [target('signalbox-ws-filtered', 'work', 'signalbox-ws', 0.9)],
    })), {
      // What a filter does is done once for an event, however many listen: with one client it is seen by itself.
      name: 'one client, window 64', limit: 'signalbox-ws', peers: ['signalbox-ws', 'signalbox-ws-whitelist', 'signalbox-ws-filtered'],
      args: fan(1, 64, secs), figures: ['message_cpu', 'messages'], targets: [],
    }],
  },
  callbacks: {
    title: 'Callbacks, 1 KiB, 64 keep-alive connections',
    runner: 'hooks',
    groups: (secs) => [{
      name: 'callbacks', limit: 'nginx', recipe: 'node', peers: ['nginx', 'node', 'signalbox'], args: ['--secs', secs],
      figures: ['requests', 'request_cpu', 'p99', 'busy'],
      targets: [target('signalbox', 'requests', 'nginx', 0.8), target('signalbox', 'requests', 'node', 2.5)],
    }, {
      name: 'durable', limit: 'group-commit', recipe: 'node', peers: ['group-commit', 'node', 'signalbox-stripe'], args: ['--secs', secs],
      figures: ['requests', 'request_cpu', 'p99', 'busy'],
      targets: [target('signalbox-stripe', 'requests', 'group-commit', 0.8), target('signalbox-stripe', 'requests', 'node', 1)],
    }],
  },
  replay: {
    title: '100 retained events to 1,000 clients that come at once',
    groups: (secs) => [{
      name: 'replay', limit: 'rawfan-batch', peers: ['rawfan-batch', 'rawfan-greet', 'signalbox-ws-retained', 'signalbox-sse-retained'],
      args: (peer) => (peer === 'rawfan-batch' ? fan(1000, 64, secs) : ['--conns', 1000, '--replay', 100, '--rounds', 10]),
      // The connects count as well, which rawfan-batch does not have to do and rawfan-greet does.
      figures: ['deliveries', 'cpu'],
      targets: [target('signalbox-ws-retained', 'deliveries', 'rawfan-batch', 0.5), target('signalbox-ws-retained', 'deliveries', 'rawfan-greet', 0.5)],
    }],
  },
  growth: {
    title: 'Growth: more clients, more channels',
    groups: (secs) => [
      ...[100, 1000, 5000, 10000, 18000].map((conns) => ({
        name: `${conns} clients`, x: conns, series: 'clients', limit: 'rawfan', peers: ['rawfan', 'signalbox-ws', 'signalbox-sio4'],
        args: ['--conns', conns, '--rate', Math.max(3, Math.min(50, 20000 / conns)), '--secs', secs],
        figures: ['cpu', 'user', 'memory', 'p99'], targets: [],
      })),
      ...[1, 10, 100, 1000, 10000].map((channels) => ({
        name: `${channels} channels`, x: channels, series: 'channels', limit: 'rawfan-rooms', peers: ['signalbox-ws'],
        args: ['--conns', 10000, '--channels', channels, '--window', channels < 1000 ? 1 : 64, '--secs', secs, '--settle', 0.5],
        figures: ['cpu', 'user', 'memory'], targets: [],
      })),
    ],
  },
};
