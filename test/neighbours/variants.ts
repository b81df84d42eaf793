import type { Printed } from './printed.js'

/** The same tables as other versions, options and terminals print them. */
export const VARIANTS: readonly Printed[] = [
  {
    what: 'show ip arp of an older IOS, whose heading has no space before its unit',
    format: 'cisco-ios',
    text: `Protocol  Address          Age(min)       Hardware Addr     Type      Interface
Internet  192.0.2.240      9              0200.0000.0002    ARPA      Ethernet0/0
Internet  192.0.2.7        -              0200.0000.0007    SRP-A
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic Ethernet0/0 age 540-599',
      '192.0.2.7 02:00:00:00:00:07 own - SRP-A',
    ],
  },
  {
    what: 'show ip arp of IOS behind a filter, without its heading',
    format: 'cisco-ios',
    text: `edge-1#show ip arp | include 192.0.2.240
Internet  192.0.2.240            47   0200.0000.0002  ARPA   Vlan10
`,
    entries: ['192.0.2.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 2820-2879'],
  },
  {
    what: 'show ip arp of two VRFs of IOS',
    format: 'cisco-ios',
    text: `edge-1#show ip arp vrf red
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.240            30   0200.0000.0002  ARPA   GigabitEthernet0/1
edge-1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.240            31   0200.0000.0003  ARPA   GigabitEthernet0/2
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic GigabitEthernet0/1 vrf red age 1800-1859',
      '192.0.2.240 02:00:00:00:00:03 dynamic GigabitEthernet0/2 age 1860-1919',
    ],
  },
  {
    what: 'show ipv6 neighbors of IOS with a link that needs no MAC',
    format: 'cisco-ios',
    text: `IPv6 Address                              Age Link-layer Addr State Interface
2001:DB8::240                               1 0200.0000.0002  STALE Vl6
FE80::9                                     - -               REACH Di0
`,
    entries: ['2001:db8::240 02:00:00:00:00:02 dynamic Vl6 vlan 6 age 60-119 STALE'],
  },
  {
    what: 'show mac address-table of a 4500',
    format: 'cisco-ios',
    text: `Unicast Entries
 vlan     mac address     type        protocols               port
---------+---------------+--------+---------------------+-------------------------
  10      0200.0000.0002   dynamic ip,ipx,assigned,other Port-channel6
  10      0200.0000.000a    static ip,ipx,assigned,other Switch

Multicast Entries
 vlan     mac address     type    ports
---------+---------------+-------+--------------------------------------------
   1      ffff.ffff.ffff   system
  10      ffff.ffff.ffff   system Gi1/2,Gi1/3
`,
    ports: ['02:00:00:00:00:02 10 Port-channel6 dynamic', '02:00:00:00:00:0a 10 Switch static'],
  },
  {
    what: 'show mac address-table of each line card of a 6500',
    format: 'cisco-ios',
    text: `Displaying entries from DFC switch [1] linecard [1]:
     vlan   mac address    type   learn    age                 ports
----+----+---------------+-------+-----+----------+-----------------------------
       20 0200.0000.0002  dynamic  Yes      160     Po140
   R   N/A  0200.0000.000a   static   No       -      Router
Displaying entries from DFC switch [1] linecard [2]:
     vlan   mac address    type   learn    age                 ports
----+----+---------------+-------+-----+----------+-----------------------------
*      20 0200.0000.0002  dynamic  Yes        5     Po140
`,
    ports: ['02:00:00:00:00:02 20 Po140 dynamic', '02:00:00:00:00:0a - Router static'],
  },
  {
    what: 'show mac-address-table of an EtherSwitch module, and of a switch with EVPN',
    format: 'cisco-ios',
    text: `Destination Address  Address Type  VLAN  Destination Port
-------------------  ------------  ----  --------------------
0200.0000.0002          Dynamic       1     FastEthernet1/5
0200.0000.000a          Self          1     Vlan1
Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
  10    0200.0000.0003    CP_LEARN    Tu0
`,
    ports: [
      '02:00:00:00:00:02 1 FastEthernet1/5 dynamic',
      '02:00:00:00:00:0a 1 Vlan1 static',
      '02:00:00:00:00:03 10 Tu0 remote',
    ],
  },
  {
    what: 'show ip arp detail vrf all of NX-OS',
    format: 'cisco-nxos',
    text: `IP ARP Table for all contexts
Total number of entries: 4
Address         Age       MAC Address     Interface        Physical Interface  Flags    VRF Name
192.0.2.240     00:17:20  0200.0000.0002  Vlan10           port-channel10      +        blue
192.0.2.241     0.101256  0200.0000.0003  Ethernet1/49     Ethernet1/49                 default
192.0.2.242        -      0200.0000.0004  Vlan10           nve1                CP       blue
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic Vlan10 vrf blue port port-channel10 vlan 10 age 1040-1040',
      '192.0.2.241 02:00:00:00:00:03 dynamic Ethernet1/49 age 0-0',
      '192.0.2.242 02:00:00:00:00:04 remote Vlan10 vrf blue port nve1 vlan 10 CP',
    ],
  },
  {
    what: 'show ip arp of two VRFs of NX-OS, of which it names one, and the command the other',
    format: 'cisco-nxos',
    text: `IP ARP Table for context red
Address         Age       MAC Address     Interface       Flags
192.0.2.240     00:02:37  0200.0000.0002  Vlan10
leaf-1# show ip arp vlan 10 vrf blue
IP ARP Table
Address         Age       MAC Address     Interface       Flags
192.0.2.241     00:02:37  0200.0000.0003  Vlan10
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic Vlan10 vrf red vlan 10 age 157-157',
      '192.0.2.241 02:00:00:00:00:03 dynamic Vlan10 vrf blue vlan 10 age 157-157',
    ],
  },
  {
    what: 'show ip arp of NX-OS with tabs, between tables of something else that begin with the address too',
    format: 'cisco-nxos',
    text: `Address\tAge\tMAC Address\tInterface
192.0.2.1\t00:00:57\t0200.0000.0001\tVlan10
Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.240     4 65001     123     125       10    0    0 01:59:23 5
 Neighbor ID     Pri State            Up Time  Address         Interface
192.0.2.240       1 FULL/DR          1d02h    192.0.2.2       Vlan20
`,
    entries: ['192.0.2.1 02:00:00:00:00:01 dynamic Vlan10 vlan 10 age 57-57'],
  },
  {
    what: 'show ipv6 neighbor of an NX-OS whose heading is wrapped',
    format: 'cisco-nxos',
    text: `Address         Age       MAC Address     Pref Source     Interface         Mobi
lity Flags
2001:db8::240   00:44:17  0200.0000.0002  50   icmpv6     Vlan10            CP
`,
    entries: ['2001:db8::240 02:00:00:00:00:02 remote Vlan10 vlan 10 age 2657-2657 CP'],
  },
  {
    what: 'show mac address-table of NX-OS with vPC and VXLAN',
    format: 'cisco-nxos',
    text: `   VLAN     MAC Address      Type      age     Secure NTFY   Ports/SWID.SSID.LID
---------+-----------------+--------+---------+------+----+------------------
* 217      0200.0000.0002    dynamic   3590       F    F  Po1
* 217      0200.0000.0003    dynamic   16579      F    F  vPC Peer-Link
C 217      0200.0000.0004    dynamic   0          F    F  nve1(10.255.0.2)
G    -     0200.0000.00aa    static    -          F    F  sup-eth1(R)
`,
    ports: [
      '02:00:00:00:00:02 217 Po1 dynamic',
      '02:00:00:00:00:03 217 vPC Peer-Link dynamic',
      '02:00:00:00:00:04 217 nve1(10.255.0.2) remote',
      '02:00:00:00:00:aa - sup-eth1(R) static',
    ],
  },
  {
    what: 'show mac address-table of a Nexus 5000',
    format: 'cisco-nxos',
    text: `VLAN      MAC Address       Type    Age       Port
---------+-----------------+-------+---------+------------------------------
136       0200.0000.0002    dynamic 150       Eth1/8
`,
    ports: ['02:00:00:00:00:02 136 Eth1/8 dynamic'],
  },
  {
    what: 'show arp of IOS XR, one table for each line card',
    format: 'cisco-xr',
    text: `RP/0/RSP0/CPU0:core-1#show arp vrf blue
Mon Nov 30 20:15:11.253 UTC

-------------------------------------------------------------------------------
0/0/CPU0
-------------------------------------------------------------------------------
Address         Age        Hardware Addr   State      Type  Interface
192.0.2.1       -          0200.0000.0001  Interface  ARPA  Bundle-Ether1.10
192.0.2.240     01:25:23   0200.0000.0002  Dynamic    ARPA  Bundle-Ether1.10
192.0.2.9       00:00:03   0000.0000.0000  Incomplete ARPA  Bundle-Ether1.10
192.0.2.10      -          0200.0000.0003  EVPN_SYNC  ARPA  BVI10
192.0.2.11      -          0000.0c07.ac01  Standby    ARPA  BVI10
192.0.2.12      -          0200.0000.0004  Static     ARPA  BVI10

-------------------------------------------------------------------------------
0/1/CPU0
-------------------------------------------------------------------------------
Address         Age        Hardware Addr   State      Type  Interface
192.0.2.240     01:25:24   0200.0000.0002  Dynamic    ARPA  Bundle-Ether1.10
RP/0/RSP0/CPU0:core-1#
`,
    entries: [
      '192.0.2.1 02:00:00:00:00:01 own Bundle-Ether1.10 vrf blue vlan 10',
      '192.0.2.240 02:00:00:00:00:02 dynamic Bundle-Ether1.10 vrf blue vlan 10 age 5124-5124',
      '192.0.2.9 - incomplete Bundle-Ether1.10 vrf blue vlan 10 age 3-3 Incomplete',
      '192.0.2.10 02:00:00:00:00:03 remote BVI10 vrf blue EVPN_SYNC',
      '192.0.2.11 00:00:0c:07:ac:01 own BVI10 vrf blue Standby',
      '192.0.2.12 02:00:00:00:00:04 static BVI10 vrf blue',
    ],
  },
  {
    what: 'show ipv6 neighbors of IOS XR',
    format: 'cisco-xr',
    text: `IPv6 Address                              Age Link-layer Addr State Interface            Location
2001:db8::240                            110  0200.0000.0002 REACH Gi0/0/0/0            0/0/CPU0
2001:db8::9                                2  0000.0000.0000 INCMP Gi0/0/0/0            0/0/CPU0
[Mcast adjacency]                           - 0000.0000.0000 REACH Gi0/0/0/0            0/0/CPU0
`,
    entries: [
      '2001:db8::240 02:00:00:00:00:02 dynamic Gi0/0/0/0 age 110-6659 REACH',
      '2001:db8::9 - incomplete Gi0/0/0/0 age 2-179 INCMP',
    ],
  },
  {
    what: 'show ip arp vrf all of EOS',
    format: 'arista-eos',
    text: `VRF: mgmt
Address         Age (sec)  Hardware Addr   Interface
192.0.2.240       0:00:05  0200.0000.0002  Management1

VRF: default
Address         Age (sec)  Hardware Addr   Interface
192.0.2.240             22 0200.0000.0003  Vlan101, Port-Channel2
192.0.2.241  1 day, 3:02:01 0200.0000.0004  Vlan101, not learned
192.0.2.243              -  0200.0000.0005  Vlan101, Vxlan1
192.0.2.244              -  0200.0000.0006  Vlan101, Port-Channel200
192.0.2.245              -  0200.0000.0007  Ethernet5
leaf1#show ip bgp summary
192.0.2.242 4 65001        123     125    0    0 01:59:23 Estab   5  5
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic Management1 vrf mgmt age 5-5',
      '192.0.2.240 02:00:00:00:00:03 dynamic Vlan101 port Port-Channel2 vlan 101 age 22-22',
      '192.0.2.241 02:00:00:00:00:04 dynamic Vlan101 vlan 101 age 97321-97321',
      '192.0.2.243 02:00:00:00:00:05 remote Vlan101 port Vxlan1 vlan 101',
      '192.0.2.244 02:00:00:00:00:06 remote Vlan101 port Port-Channel200 vlan 101',
      '192.0.2.245 02:00:00:00:00:07 static Ethernet5',
    ],
  },
  {
    what: 'show ipv6 neighbors of an older EOS, and a MAC behind VXLAN',
    format: 'arista-eos',
    text: `IPv6 Address                                  Age Hardware Addr   Interface
2001:db8::240                             0:44:17 0200.0000.0002  Vl10, Et1
Vlan    Mac Address       Type        Ports      Moves   Last Move
  10    0200.0000.0002    DYNAMIC     Vx1        1       0:08:16 ago
VLAN  Mac Address     Type      Prt  VTEP             Moves   Last Move
  10  0200.0000.0003  EVPN      Vx1  10.255.0.2       1       2:16:21 ago
`,
    entries: ['2001:db8::240 02:00:00:00:00:02 dynamic Vl10 port Et1 vlan 10 age 2657-2657'],
    ports: ['02:00:00:00:00:02 10 Vx1 remote', '02:00:00:00:00:03 10 10.255.0.2 remote'],
  },
  {
    what: 'show arp of Junos with EVPN',
    format: 'junos',
    text: `admin@leaf-1> show arp vpn blue expiration-time
MAC Address       Address         Name                      Interface               Flags    TTE
02:00:00:00:00:02 192.0.2.240     vip.example.net           irb.10 [vtep.32770]     permanent remote 0
00:00:5e:00:01:01 192.0.2.1       192.0.2.1                 irb.10                  permanent published gateway 0
02:00:00:00:00:03 192.0.2.241     192.0.2.241               xe-0/1/10:0.41          none 972

{master:0}
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 remote irb.10 vrf blue port vtep.32770 vlan 10 expires 0 permanent remote',
      '192.0.2.1 00:00:5e:00:01:01 own irb.10 vrf blue vlan 10 expires 0 permanent published gateway',
      '192.0.2.241 02:00:00:00:00:03 dynamic xe-0/1/10:0.41 vrf blue vlan 41 expires 972',
    ],
  },
  {
    what: 'show evpn database of Junos',
    format: 'junos',
    text: `Instance: default-switch
VLAN  DomainId  MAC address        Active source                  Timestamp        IP address
     10010      00:00:5e:00:01:01  05:00:00:00:00:00:00:27:1a:00  Nov 20 08:37:44  192.0.2.1
     10010      02:00:00:00:00:02  10.255.0.2                     Nov 20 08:37:44  192.0.2.240
                                                                                   2001:db8::240
     10010      02:00:00:00:00:0a  irb.10                         Nov 20 08:31:02  192.0.2.11
10              02:00:00:00:00:03  xe-0/1/5.10                    Nov 20 16:34:52  192.0.2.241
                02:00:00:00:00:04  10.255.0.2                     Nov 20 16:34:52
`,
    entries: [
      '192.0.2.1 00:00:5e:00:01:01 remote - port 05:00:00:00:00:00:00:27:1a:00',
      '192.0.2.240 02:00:00:00:00:02 remote - port 10.255.0.2',
      '2001:db8::240 02:00:00:00:00:02 remote - port 10.255.0.2',
      '192.0.2.11 02:00:00:00:00:0a own irb.10 vlan 10',
      '192.0.2.241 02:00:00:00:00:03 dynamic xe-0/1/5.10 vlan 10',
    ],
    ports: ['02:00:00:00:00:04 - 10.255.0.2 remote'],
  },
  {
    what: 'MACs of an EX switch without ELS, of an MX, and behind a tunnel',
    format: 'junos',
    text: `Ethernet-switching table: 3 unicast entries
  VLAN              MAC address       Type         Age Interfaces
  default           *                 Flood          - All-members
  v10               02:00:00:00:00:02 Learn          0 ge-0/0/3.0
  v10               02:00:00:00:00:0a Static         - Router
 Bridging domain : bd10, VLAN : 10
   MAC                 MAC      Logical          NH     RTR
   address             flags    interface        Index  ID
   02:00:00:00:00:03   D        xe-0/0/1.10
   Vlan                MAC                 MAC      Logical                Active
   name                address             flags    interface              source
   v400                02:00:00:00:00:04   D        vtep.32770             10.255.0.2
`,
    ports: [
      '02:00:00:00:00:02 - ge-0/0/3.0 dynamic',
      '02:00:00:00:00:0a - Router static',
      '02:00:00:00:00:03 - xe-0/0/1.10 dynamic',
      '02:00:00:00:00:04 - vtep.32770 remote',
    ],
  },
  {
    what: '/ip arp print of RouterOS 7 with its VRFs, comments and disabled entries',
    format: 'mikrotik',
    text: `[admin@core] /ip arp> print
Flags: D - DYNAMIC; C - COMPLETE
Columns: ADDRESS, MAC-ADDRESS, INTERFACE, VRF, STATUS
 #    ADDRESS         MAC-ADDRESS       INTERFACE     VRF   STATUS
 0 DC 192.0.2.240     02:00:00:00:00:02 ether1        main  reachable
 1 D  192.0.2.241     02:00:00:00:00:03 ether1        main  failed
 2 D  192.0.2.242                       ether1        blue  incomplete
;;; printer
 3  C 192.0.2.243     02:00:00:00:00:04 ether2        blue  permanent
 4 X  192.0.2.240     02:00:00:00:00:05 ether2        main
 5 DHC 192.0.2.244    02:00:00:00:00:06 ether2        main  permanent
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic ether1 reachable',
      '192.0.2.241 - incomplete ether1 failed',
      '192.0.2.242 - incomplete ether1 vrf blue incomplete',
      '192.0.2.243 02:00:00:00:00:04 static ether2 vrf blue permanent',
      '192.0.2.244 02:00:00:00:00:06 static ether2 permanent',
    ],
  },
  {
    what: '/ip arp print detail, and terse',
    format: 'mikrotik',
    text: `# 2026-11-30 20:19:04 by RouterOS 7.21
#
Flags: X - disabled, I - invalid, H - dhcp, D - dynamic, P - published; C - complete
 0 D  address=192.0.2.240 mac-address=02:00:00:00:00:02 interface=ether1
      published=no status="failed" vrf=main
 1 DC address=192.0.2.241 mac-address=02:00:00:00:00:03 interface=ether1
      published=no status="stale" vrf=blue
 2  C ;;; printer
      address=192.0.2.242 mac-address=02:00:00:00:00:04 interface=ether1 published=no status="permanent"
-- [Q quit|D dump|down]0 DC address=192.0.2.243 mac-address=02:00:00:00:00:05 interface=ether1 published=no status=delay
1  C comment=the printer address=192.0.2.244 mac-address=02:00:00:00:00:06 interface=ether1 published=no
`,
    entries: [
      '192.0.2.240 - incomplete ether1 failed',
      '192.0.2.241 02:00:00:00:00:03 dynamic ether1 vrf blue stale',
      '192.0.2.242 02:00:00:00:00:04 static ether1 permanent',
      '192.0.2.243 02:00:00:00:00:05 dynamic ether1 delay',
      '192.0.2.244 02:00:00:00:00:06 static ether1',
    ],
  },
  {
    what: '/interface bridge host print of an older RouterOS',
    format: 'mikrotik',
    text: `Flags: L - local, E - external-fdb
  BRIDGE           MAC-ADDRESS       ON-INTERFACE      AGE
  bridge1          02:00:00:00:00:02 ether3            2m10s
L bridge1          02:00:00:00:00:0a ether1            0s
`,
    ports: ['02:00:00:00:00:02 - ether3 dynamic', '02:00:00:00:00:0a - ether1 static'],
  },
  {
    what: 'arp -an of Linux, whose permanent entries are written by hand',
    format: 'linux',
    text: `? (192.0.2.240) at 02:00:00:00:00:02 [ether] on eth1.10
gw.example.net (192.0.2.1) at 02:00:00:00:00:01 [ether] PERM on eth1
? (192.0.2.2) at 02:00:00:00:00:0B [ether]  on br-lan
? (192.0.2.9) at <incomplete> on eth1
? (192.0.2.6) at <from_interface> PERM PUB on eth0
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic eth1.10 vlan 10',
      '192.0.2.1 02:00:00:00:00:01 static eth1 PERMANENT',
      '192.0.2.2 02:00:00:00:00:0b dynamic br-lan',
      '192.0.2.9 - incomplete eth1',
    ],
  },
  {
    what: 'arp -n of Linux',
    format: 'linux',
    text: `Address                  HWtype  HWaddress           Flags Mask            Iface
192.0.2.240              ether   02:00:00:00:00:02   C                     eth1
192.0.2.9                        (incomplete)                              eth1
192.0.2.7                ether   02:00:00:00:00:07   CM                    eth1
192.0.2.6                *       <from_interface>    MP                    eth0
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic eth1',
      '192.0.2.9 - incomplete eth1',
      '192.0.2.7 02:00:00:00:00:07 static eth1 PERMANENT',
    ],
  },
  {
    what: '/proc/net/arp',
    format: 'linux',
    text: `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.240      0x1         0x2         02:00:00:00:00:02     *        eth1
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth1
192.0.2.7        0x1         0x6         02:00:00:00:00:07     *        eth1
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic eth1',
      '192.0.2.9 - incomplete eth1',
      '192.0.2.7 02:00:00:00:00:07 static eth1 PERMANENT',
    ],
  },
  {
    what: 'show arp of VyOS',
    format: 'linux',
    text: `Address        Interface    Link layer address    State
-------------  -----------  --------------------  ---------
192.0.2.240    eth1         02:00:00:00:00:02     REACHABLE
192.0.2.9      eth1                               FAILED
`,
    entries: ['192.0.2.240 02:00:00:00:00:02 dynamic eth1 REACHABLE', '192.0.2.9 - incomplete eth1 FAILED'],
  },
  {
    what: 'ip -j neigh of both families, behind their commands',
    format: 'linux',
    text: `root@gw:~# ip -j -4 neigh
${JSON.stringify([{ dst: '192.0.2.240', dev: 'eth1', lladdr: '02:00:00:00:00:02', state: ['STALE'] }])}
root@gw:~# ip -j -6 neigh
${JSON.stringify([{ dst: '2001:db8::240', dev: 'eth1', lladdr: '02:00:00:00:00:02', state: ['STALE'] }])}
`,
    entries: ['192.0.2.240 02:00:00:00:00:02 dynamic eth1 STALE', '2001:db8::240 02:00:00:00:00:02 dynamic eth1 STALE'],
  },
  {
    what: 'arp -an of OpenBSD',
    format: 'bsd',
    text: `Host                                 Ethernet Address    Netif Expire     Flags
192.0.2.1                            02:00:00:00:00:01     em0 permanent  l
192.0.2.240                          02:00:00:00:00:02     em0 19m59s
192.0.2.9                            (incomplete)          em0 expired
`,
    entries: [
      '192.0.2.1 02:00:00:00:00:01 own em0 permanent',
      '192.0.2.240 02:00:00:00:00:02 dynamic em0 expires 1199',
      '192.0.2.9 - incomplete em0',
    ],
  },
  {
    what: 'show evpn arp-cache vni all of FRR with an entry that is out of the kernel',
    format: 'frr',
    text: `Neighbor        Type   Flags State    MAC               Remote ES/VTEP                 Seq #'s
192.0.2.240     remote       active   02:00:00:00:00:02 03:00:34:34:34:34:34:00:00:01  0/0
192.0.2.241     remote       inactive 02:00:00:00:00:03 10.255.0.2                     0/0
192.0.2.242     local  I     inactive 02:00:00:00:00:04                                0/0
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 remote - port 03:00:34:34:34:34:34:00:00:01 remote active',
      '192.0.2.242 02:00:00:00:00:04 dynamic - local inactive',
    ],
  },
  {
    what: 'show arp of SONiC with a MAC at no port, and of its management framework',
    format: 'sonic',
    text: `admin@leaf-1:~$ show arp
Address       MacAddress         Iface            Vlan
------------  -----------------  ---------------  ------
192.0.2.240   02:00:00:00:00:02  -                1000
Total number of entries 1
leaf-1# show ip arp vrf Vrf-blue
------------------------------------------------------------------------
Address        Hardware address    Interface         Egress Interface
------------------------------------------------------------------------
192.0.2.241    02:00:00:00:00:03   Vlan20            Ethernet0
`,
    entries: [
      '192.0.2.240 02:00:00:00:00:02 dynamic Vlan1000 vlan 1000',
      '192.0.2.241 02:00:00:00:00:03 dynamic Vlan20 vrf Vrf-blue port Ethernet0 vlan 20',
    ],
  },
  ...[
    ' --More-- Internet',
    '\u001b[7m--More--\u001b[27m\r\u001b[KInternet',
    ` --More-- ${'\u0008'.repeat(9)}${' '.repeat(9)}${'\u0008'.repeat(9)}Internet`,
    '<--- More --->Internet',
    '---(more 45%)---Internet',
  ].map((behindPager) => ({
    what: `a table through a pager: ${JSON.stringify(behindPager)}`,
    format: 'cisco-ios',
    text: `Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0200.0000.0001  ARPA   Vlan10
${behindPager}  192.0.2.240            47   0200.0000.0002  ARPA   Vlan10
`,
    entries: [
      '192.0.2.1 02:00:00:00:00:01 own Vlan10 vlan 10',
      '192.0.2.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 2820-2879',
    ],
  })),
]
