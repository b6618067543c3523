// Certificates for one test: an authority and what it signs, made by openssl.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const kSubjectAltNames = 'subjectAltName=DNS:localhost,IP:127.0.0.1';

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

export class Authority {
  constructor(folder, name = 'ca') {
    this.folder = folder;
    this.certificate = path.join(folder, `${name}.pem`);
    this.key = path.join(folder, `${name}.key`);
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', `/CN=test ${name}`, '-keyout', this.key, '-out', this.certificate);
  }

  // {certificate, key, ca}: files.
  issue(name) {
    const file = (ending) => path.join(this.folder, `${name}.${ending}`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`,
      '-keyout', file('key'), '-out', file('csr'));
    fs.writeFileSync(file('ext'), kSubjectAltNames);
    openssl('x509', '-req', '-in', file('csr'), '-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial', '-days', '2',
      '-extfile', file('ext'), '-out', file('pem'));
    return { certificate: file('pem'), key: file('key'), ca: this.certificate };
  }
}
