import { describe } from 'vitest'
import { requireLab } from '../../src/lab/requirements.js'

/** `describe` for tests that need network namespaces; where there are none it says so on stderr and in the name. */
export function describeLab(name: string, tests: () => void): void {
  const lab = requireLab()
  if (lab.ok) return void describe(name, tests)
  console.warn(`SKIPPED ${name}: ${lab.why}`)
  describe.skip(`${name} (SKIPPED: ${lab.why})`, tests)
}
