import { ServiceHistory } from '../../cluster/announcers/history.js'
import { assignedTo } from '../../cluster/requested-addresses.js'
import { vipsOf } from '../../facts/expected.js'
import { likely } from '../certainty.js'
import { inNamespace, listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { vipTexts } from '../host-parts.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface FormerAddress {
  readonly ip: string
  readonly service: string
  readonly now: readonly string[]
  readonly at: string | null
}

export const hadAddress = defineClusterRule({
  id: 'service/had-address',
  title: 'The address was of a Service that has another address now',
  severity: 'error',
  kinds: ['services', 'events'],
  needs: ['question'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'No Service has the address that was asked for, and an event says that one had it: its controller assigned another address since.',
    why: 'Nothing announces the former address. Clients, DNS and firewalls that still use it find nobody, while the Service answers at its new address.',
    confirm: '`kubectl describe service NAME`: the events IPAllocated name both addresses.',
    falseAlarms: 'A change that was meant; then only the clients have to follow.',
    references: ['metallb/metallb#2723', 'metallb/metallb controller/service.go'],
  },
  *checkCluster({ services, events }, { question }) {
    const used = new Set(services.flatMap(vipsOf))
    const history = new ServiceHistory(events)
    for (const ip of vipTexts(question.vips).filter((vip) => !used.has(vip))) {
      const former = services.map((service) => ({
        service,
        event: history.of(service).findLast((one) => assignedTo(one, [ip])),
      }))
      const { service, event } = former.find((one) => one.event) ?? {}
      if (!event || !service) continue
      yield {
        subject: ipSubject(ip),
        ...likely('the event says that it had it, and the Service that it has not; events tell the past'),
        data: { ip, service: service.key, now: vipsOf(service), at: event.lastAt },
        evidence: [
          objectEvidence(`Event/${event.key}`, '.message', event.message),
          objectEvidence(
            `Service/${service.key}`,
            '.status.loadBalancer.ingress',
            vipsOf(service).join(', ') || 'empty',
          ),
        ],
      }
    }
  },
  message: ({ ip, service, now, at }: FormerAddress) =>
    `${service} had ${ip}${at === null ? '' : ` at ${at}`} and has ${now.length > 0 ? `another address now: ${listed(now)}` : 'no address now'}`,
  fixes: ({ ip, service, now }) => [
    {
      summary:
        now.length > 0
          ? `Use ${listed(now)} for ${service}, or have it assigned ${ip} again`
          : `Find out why ${service} lost ${ip}`,
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'When and why it changed',
          run: sh`kubectl describe service ${inNamespace(service)}`,
        },
      ],
      verify: sh`kubectl get service ${inNamespace(service)}`,
      undo: ONLY_LOOKS,
    },
  ],
})
