@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Region of the namespace.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Premium has private endpoints and zone redundancy; Standard is billed by operations.')
@allowed([ 'Standard', 'Premium' ])
param skuName string

@description('Messaging units of the Premium SKU.')
@allowed([ 1, 2, 4, 8, 16 ])
param capacity int

@description('May be reached from outside the virtual network. Only Premium can say no.')
param publicNetworkAccess bool

@description('Workspace that the diagnostics go to.')
param workspaceId string

@description('Topic of all events.')
param topicName string

@description('Subscription whose messages the one dispatching function takes, for all subscribers.')
param subscriptionName string

@description('Queue of schedules\' due times, enqueued ahead as scheduled messages.')
param scheduleQueueName string

@description('Queue of the tries of outbound webhooks, enqueued ahead as scheduled messages.')
param deliveryQueueName string

@description('Largest message in KB; beyond it the data goes by claim check long before. More than 256 needs Premium.')
@minValue(256)
@maxValue(1024)
param maxMessageKilobytes int = 256

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: skuName == 'Premium' ? {
    name: skuName
    tier: skuName
    capacity: capacity
  } : {
    name: skuName
    tier: skuName
  }
  properties: {
    // Identities only.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    zoneRedundant: skuName == 'Premium'
  }
}

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: topicName
  properties: skuName == 'Premium' ? {
    defaultMessageTimeToLive: 'P14D'
    // The message's id is the event's: what the relay sends twice arrives once.
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT1H'
    supportOrdering: true
    maxMessageSizeInKilobytes: maxMessageKilobytes
  } : {
    defaultMessageTimeToLive: 'P14D'
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT1H'
    supportOrdering: true
  }
}

resource subscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: subscriptionName
  properties: {
    // A session is one of 256 buckets of tenant and subject: order within it, and at most one message of it at a time.
    requiresSession: true
    lockDuration: 'PT1M'
    // The application gives up after its own five tries; the broker's count is only the last line.
    maxDeliveryCount: 10
    deadLetteringOnMessageExpiration: true
    deadLetteringOnFilterEvaluationExceptions: true
    defaultMessageTimeToLive: 'P14D'
    enableBatchedOperations: true
  }
}

resource schedules 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: scheduleQueueName
  properties: {
    lockDuration: 'PT1M'
    maxDeliveryCount: 10
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT1H'
    // The timer finds every due time that a lost message should have fired.
    defaultMessageTimeToLive: 'P1D'
    deadLetteringOnMessageExpiration: false
  }
}

resource deliveries 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: deliveryQueueName
  properties: {
    // A session is one of the places that a webhook's receiver has: one that is slow fills no other's.
    requiresSession: true
    lockDuration: 'PT1M'
    maxDeliveryCount: 10
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT1H'
    // The timer finds every try that a lost message should have made.
    defaultMessageTimeToLive: 'P1D'
    deadLetteringOnMessageExpiration: false
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = namespace.id
output name string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
output topicName string = topic.name
output subscriptionName string = subscription.name
output scheduleQueueName string = schedules.name
output deliveryQueueName string = deliveries.name
