import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

export interface Certificates {
  readonly ca: string
  readonly server: KeyPair
  /** CN=l2doctor, signed by the same CA. */
  readonly client: KeyPair
}

const LOCAL = 'DNS:localhost,IP:127.0.0.1'

/** A CA with a server and a client certificate, made by openssl (on the list of bin/setup) and good for a day. `names`: of the server, as openssl writes them. */
export function makeCertificates(names = LOCAL): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'l2d-certs-'))
  try {
    const ca = makeCa(dir)
    return {
      ca: ca.cert,
      server: makeLeaf(dir, 'server', `subjectAltName=${names}`),
      client: makeLeaf(dir, 'l2doctor', ''),
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function makeCa(dir: string): KeyPair {
  openssl(dir, `req -x509 ${NEW_KEY} -keyout ca.key -out ca.crt -days 1 -subj /CN=test-ca`)
  return readPair(dir, 'ca')
}

function makeLeaf(dir: string, name: string, extensions: string): KeyPair {
  writeFileSync(join(dir, `${name}.ext`), `basicConstraints=CA:FALSE\n${extensions}\n`)
  openssl(dir, `req ${NEW_KEY} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`)
  const signed = `-CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile ${name}.ext`
  openssl(dir, `x509 -req -in ${name}.csr ${signed} -out ${name}.crt`)
  return readPair(dir, name)
}

const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

function openssl(dir: string, command: string): void {
  execFileSync('openssl', command.split(' '), { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
}

function readPair(dir: string, name: string): KeyPair {
  const read = (extension: string) => readFileSync(join(dir, `${name}.${extension}`), 'utf8')
  return { key: read('key'), cert: read('crt') }
}
