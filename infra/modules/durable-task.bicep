@description('Name of the scheduler.')
@minLength(3)
@maxLength(64)
param name string

@description('Name of the task hub.')
@minLength(3)
@maxLength(64)
param taskHubName string

@description('Region of the scheduler: that of the Function App, for each step crosses between them.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Consumption is billed by actions; Dedicated by capacity units, and alone can be zone redundant.')
@allowed([ 'Consumption', 'Dedicated' ])
param skuName string

@description('Capacity units of the dedicated SKU; three or more make it zone redundant.')
@minValue(1)
@maxValue(3)
param capacity int

@description('Addresses that may reach the scheduler, as IPv4, IPv6 or CIDR. An empty list denies all.')
@minLength(1)
param ipAllowlist string[]

@description('Days that a finished orchestration is kept. LinkFlow\'s own records are the truth, so this is for looking at the dashboard only.')
@minValue(1)
@maxValue(30)
param retentionDays int

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: ipAllowlist
    sku: skuName == 'Dedicated' ? {
      name: skuName
      capacity: capacity
    } : {
      name: skuName
    }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: taskHubName
}

resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [
      {
        retentionPeriodInDays: retentionDays
      }
    ]
  }
}

output name string = scheduler.name
output taskHubName string = taskHub.name
output endpoint string = scheduler.properties.endpoint
