targetScope = 'subscription'

@description('Name of the environment: a part of every resource\'s name.')
@minLength(1)
@maxLength(24)
param environmentName string

@description('Region of everything. Those that have both Flex Consumption and the Durable Task Scheduler.')
@allowed([
  'australiaeast'
  'centralus'
  'eastasia'
  'northcentralus'
  'northeurope'
  'southeastasia'
  'swedencentral'
  'uksouth'
  'westus2'
])
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('A second region that the data is copied to, for disaster recovery; empty: none. Not with a serverless database.')
param secondLocation string = ''

@description('Copies in several zones, and a scheduler and a bus that have them: production.')
param zoneRedundant bool = false

@description('Data services are reached by private endpoints only. Takes the Premium bus.')
param privateNetwork bool = false

@description('Addresses of the virtual network, as CIDR; at least a /24. Counts with privateNetwork.')
param addressPrefix string = '10.20.0.0/24'

@description('Cosmos DB billed by use, for little or spiky load; otherwise autoscale.')
param cosmosServerless bool = true

@description('Most request units a second of autoscale.')
@minValue(1000)
@maxValue(1000000)
param cosmosMaxThroughput int = 4000

@description('Instances that are always there, for requests and for orchestrations each. 0: scales to zero.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@description('Memory of an instance in MB.')
@allowed([ 512, 2048, 4096 ])
param instanceMemoryMB int = 2048

@description('Most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Addresses that may reach the Durable Task Scheduler. Its traffic is encrypted and needs an identity with a role; narrow this to the app\'s outgoing addresses where they are fixed.')
@minLength(1)
param schedulerIpAllowlist string[] = [ '0.0.0.0/0' ]

@description('Web PubSub for live updates.')
param webPubSub bool = true

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most telemetry a day in GB; -1: no cap.')
@minValue(-1)
@maxValue(1000)
param logDailyCapGb int = 1

@description('Who alerts and the budget tell. Empty: alerts are seen in the portal only, and there is no budget.')
param alertEmails string[] = []

@description('Budget a month, in the currency of the subscription.')
@minValue(1)
param monthlyBudget int = 100

@description('First day of the month that the budget begins with, as yyyy-MM-01: this month or a later one, and the same ever after. Empty: no budget.')
param budgetStart string = ''

@description('Public URL of LinkFlow, when it is not the app\'s own.')
param publicUrl string = ''

@description('Entra ID application that access tokens are for; empty: API keys only.')
param entraClientId string = ''

@description('Entra ID tenant of that application.')
param entraTenantId string = tenant().tenantId

var token = take(uniqueString(subscription().id, environmentName, location), 10)
var name = toLower('linkflow-${environmentName}')
var tags = {
  'azd-env-name': environmentName
  application: 'linkflow'
}
var containers = {
  deployments: 'deployments'
  payloads: 'payloads'
  files: 'files'
}
var appName = take('func-${name}-${token}', 55)
var premium = privateNetwork || zoneRedundant
var publicAccess = !privateNetwork

// What the private endpoints reach, and the zone of its names. Built at once, so that both loops agree.
var endpoints = [
  {
    name: 'blob'
    group: 'blob'
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    name: 'cosmos'
    group: 'Sql'
    zone: 'privatelink.documents.azure.com'
  }
  {
    name: 'vault'
    group: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
  }
  {
    name: 'bus'
    group: 'namespace'
    zone: 'privatelink.servicebus.windows.net'
  }
]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${name}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: {
    name: 'id-${name}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    workspaceName: 'log-${name}'
    insightsName: 'appi-${name}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    publicNetworkAccess: true
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  name: 'storage'
  params: {
    name: take('st${replace(name, '-', '')}${token}', 24)
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    publicNetworkAccess: publicAccess
    workspaceId: monitoring.outputs.workspaceId
    softDeleteDays: zoneRedundant ? 30 : 7
    deploymentContainer: containers.deployments
    payloadContainer: containers.payloads
    fileContainer: containers.files
    eventDataPrefix: 'events/'
    eventDataDays: 30
  }
}

module durableTask 'modules/durable-task.bicep' = {
  scope: group
  name: 'durable-task'
  params: {
    name: 'dts-${name}'
    taskHubName: 'linkflow'
    location: location
    tags: tags
    skuName: zoneRedundant ? 'Dedicated' : 'Consumption'
    capacity: zoneRedundant ? 3 : 1
    ipAllowlist: schedulerIpAllowlist
    retentionDays: 7
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  name: 'service-bus'
  params: {
    name: take('sb-${name}-${token}', 50)
    location: location
    tags: tags
    skuName: premium ? 'Premium' : 'Standard'
    capacity: 1
    publicNetworkAccess: publicAccess
    workspaceId: monitoring.outputs.workspaceId
    topicName: 'linkflow-events'
    subscriptionName: 'dispatch'
    scheduleQueueName: 'linkflow-schedules'
    deliveryQueueName: 'linkflow-deliveries'
  }
}

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  name: 'cosmos'
  params: {
    name: take('cosmos-${name}-${token}', 44)
    location: location
    secondLocation: secondLocation
    tags: tags
    serverless: cosmosServerless
    maxThroughput: cosmosMaxThroughput
    zoneRedundant: zoneRedundant
    publicNetworkAccess: publicAccess
    workspaceId: monitoring.outputs.workspaceId
    databaseName: 'linkflow'
    containerName: 'documents'
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  name: 'key-vault'
  params: {
    name: 'kv-linkflow-${token}'
    location: location
    tags: tags
    publicNetworkAccess: publicAccess
    workspaceId: monitoring.outputs.workspaceId
    softDeleteDays: zoneRedundant ? 90 : 7
  }
}

module live 'modules/web-pubsub.bicep' = if (webPubSub) {
  scope: group
  name: 'web-pubsub'
  params: {
    name: take('wps-${name}-${token}', 63)
    location: location
    tags: tags
    skuName: zoneRedundant ? 'Premium_P1' : 'Free_F1'
    units: 1
    // Browsers come from outside.
    publicNetworkAccess: true
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  name: 'network'
  params: {
    name: 'vnet-${name}'
    location: location
    tags: tags
    addressPrefix: addressPrefix
    dnsZones: map(endpoints, endpoint => endpoint.zone)
  }
}

var endpointTargets = [
  storage.outputs.id
  cosmos.outputs.id
  keyVault.outputs.id
  serviceBus.outputs.id
]

module privateEndpoints 'modules/private-endpoint.bicep' = [for (endpoint, i) in endpoints: if (privateNetwork) {
  scope: group
  name: 'private-endpoint-${endpoint.name}'
  params: {
    name: 'pe-${name}-${endpoint.name}'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    targetId: endpointTargets[i]
    groupId: endpoint.group
    dnsZone: endpoint.zone
  }
}]

module roles 'modules/roles.bicep' = {
  scope: group
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageAccountName: storage.outputs.name
    schedulerName: durableTask.outputs.name
    taskHubName: durableTask.outputs.taskHubName
    serviceBusName: serviceBus.outputs.name
    topicName: serviceBus.outputs.topicName
    subscriptionName: serviceBus.outputs.subscriptionName
    scheduleQueueName: serviceBus.outputs.scheduleQueueName
    deliveryQueueName: serviceBus.outputs.deliveryQueueName
    cosmosName: cosmos.outputs.name
    keyVaultName: keyVault.outputs.name
    insightsName: monitoring.outputs.insightsName
    webPubSubName: webPubSub ? live!.outputs.name : ''
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  name: 'function-app'
  // Without its roles the app cannot read its own package.
  dependsOn: [ roles, privateEndpoints ]
  params: {
    name: appName
    serviceName: 'api'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    deploymentContainer: containers.deployments
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    appSettings: union({
      TASKHUB_NAME: durableTask.outputs.taskHubName
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${durableTask.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.outputs.clientId}'
      ServiceBusConnection__fullyQualifiedNamespace: serviceBus.outputs.host
      ServiceBusConnection__credential: 'managedidentity'
      ServiceBusConnection__clientId: identity.outputs.clientId
      LinkFlow__Azure__ClientId: identity.outputs.clientId
      LinkFlow__Azure__CosmosEndpoint: cosmos.outputs.endpoint
      LinkFlow__Azure__BlobEndpoint: storage.outputs.blobEndpoint
      LinkFlow__Azure__KeyVaultUri: keyVault.outputs.uri
      LinkFlow__Azure__ServiceBusNamespace: serviceBus.outputs.host
      LinkFlow__Environment: environmentName
      LinkFlow__PublicUrl: empty(publicUrl) ? 'https://${appName}.azurewebsites.net' : publicUrl
    }, !webPubSub ? {} : {
      LinkFlow__Azure__WebPubSubEndpoint: live!.outputs.endpoint
    }, empty(entraClientId) ? {} : {
      AzureAd__Instance: environment().authentication.loginEndpoint
      AzureAd__TenantId: entraTenantId
      AzureAd__ClientId: entraClientId
      AzureAd__Audience: 'api://${entraClientId}'
    })
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    prefix: name
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    serviceBusId: serviceBus.outputs.id
    cosmosId: cosmos.outputs.id
    emails: alertEmails
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  name: 'workbook'
  params: {
    displayName: 'LinkFlow ${environmentName}'
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
  }
}

module budget 'modules/budget.bicep' = if (!empty(alertEmails) && !empty(budgetStart)) {
  scope: group
  name: 'budget'
  params: {
    name: name
    amount: monthlyBudget
    startDate: budgetStart
    emails: alertEmails
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = functionApp.outputs.name
output SERVICE_API_URL string = functionApp.outputs.url
output KEY_VAULT_NAME string = keyVault.outputs.name
output COSMOS_ENDPOINT string = cosmos.outputs.endpoint
