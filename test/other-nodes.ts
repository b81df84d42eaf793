import { it } from 'vitest'
import { nodeFolder, whyNoNode } from '../bin/nodes.mjs'

const own = Number(process.versions.node.split('.')[0])

/** A test for each Node beside the one that runs; where npm reaches no registry to fetch it from, it says so on stderr and in the name. */
export function itUnderOtherNodes(nameOf: (major: number) => string, test: (node: string) => Promise<void>): void {
  for (const major of [20, 22, 24].filter((one) => one !== own)) {
    const [name, code] = [nameOf(major), whyNoNode(major)]
    if (code === null) {
      it(name, () => test(`${nodeFolder(major)}/bin/node`))
      continue
    }
    const why = `npm reaches no registry to fetch Node ${major} from (${code})`
    console.warn(`SKIPPED ${name}: ${why}`)
    it.skip(`${name} (SKIPPED: ${why})`, () => {})
  }
}
