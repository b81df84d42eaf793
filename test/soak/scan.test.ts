import { expect, it } from 'vitest'
import { type Scenario, scenarios } from '../../src/lab/scenarios.js'
import { describeLab } from '../lab/describe-lab.js'
import { complaints, scanScenario } from '../lab/scan-scenario.js'

const RUNS = 20
const AT_ONCE = 3

describeLab(`scan, ${RUNS} runs of each scenario`, () => {
  it.each(scenarios)('$name', async (scenario) => {
    const failures: string[] = []
    const left = Array.from({ length: RUNS }, (_, run) => run)
    const worker = async () => {
      for (let run = left.shift(); run !== undefined; run = left.shift())
        failures.push(...(await oneRun(scenario, run)))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    expect(failures).toEqual([])
  })
})

/** One run; the delay moves its start through the two seconds in which things on the segments repeat. */
async function oneRun(scenario: Scenario, run: number): Promise<string[]> {
  const outcome = await scanScenario(scenario, run, (run * 2000) / RUNS)
  return complaints(scenario, outcome).map((complaint) => `run ${run}: ${complaint}`)
}
