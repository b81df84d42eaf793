import type { ExpectedNode } from './announcer.js'

/** One sentence where the sources name different nodes; none where they agree or only one speaks. */
export function disagreementsOf(expected: readonly ExpectedNode[]): readonly string[] {
  const nodes = new Set(expected.map(({ node }) => node))
  if (nodes.size < 2) return []
  return [expected.map(({ node, from, detail }) => `${from} says ${node} (${detail})`).join('; ')]
}
